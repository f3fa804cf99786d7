"""A copy of the lists of a company file, as QuickBooks told them last: to search in, to map to, to count."""
