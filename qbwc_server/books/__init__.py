"""What we know of the company file: its facts, and which list entries stand in it."""
