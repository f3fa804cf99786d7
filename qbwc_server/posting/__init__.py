"""Rules that turn documents into requests for QuickBooks, and its answers into what we know of the books."""
