"""Sherweb, a distributor of subscriptions: what it charges each organisation, for billing."""
