"""What leaves for people and programs outside: a row in the transaction that caused it, delivered at least once."""
