"""One file per kind of thing that is written to QuickBooks; posting/compile.py holds the table."""
