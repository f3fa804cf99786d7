"""The feed: documents as JSON lines by HTTP, page by page. Small, for tests, the demo, and systems of one's own."""
