"""Customers and items that documents name: asked for, and added where the company allows it."""
