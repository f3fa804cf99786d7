"""Our own formats: JSON Lines and CSV; docs/formats.md describes them for users."""
