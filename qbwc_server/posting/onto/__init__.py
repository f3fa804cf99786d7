"""Lines that are put onto an invoice that somebody else wrote."""
