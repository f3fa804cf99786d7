"""Is this still our company file, and which of our postings does it hold?"""
