"""Shopify: the orders export CSV as the shop's admin writes it, and the Admin API."""
