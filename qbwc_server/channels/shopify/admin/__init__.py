"""Shopify's Admin API: what is asked of a shop, how it is asked, and what comes of it."""
