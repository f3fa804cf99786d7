"""Purchase costs of items, written to QuickBooks: read first, never the price, and never blindly again."""
