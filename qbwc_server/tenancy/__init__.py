"""Whose books: companies, their Web Connector logins and API tokens."""
