"""A distributor of subscriptions as its APIs show it, for tests and the demo."""
