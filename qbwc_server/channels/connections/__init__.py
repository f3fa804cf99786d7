"""Channels switched on for a company: what they were told, what they brought, and what became of each run."""
