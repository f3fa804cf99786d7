"""A shop as Shopify's Admin API shows it: for tests and the demo."""
