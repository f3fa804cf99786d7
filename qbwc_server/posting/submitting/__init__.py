"""How documents arrive, become requests, and wait for one another."""
