"""The half that faces QuickBooks: what the Web Connector asks, and how each call is answered."""
