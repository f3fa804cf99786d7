"""Charges of any distributor from a file: its invoice as a table, or what an API such as Sherweb's tells."""
