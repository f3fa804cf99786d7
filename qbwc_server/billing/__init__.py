"""Billing of subscriptions: what of a distributor's charges each customer is billed, on which day, and why."""
