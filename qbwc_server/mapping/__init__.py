"""Words of upstream systems, and the entries of QuickBooks that they stand for."""
