"""The start of a source: what is checked before it, what it would bring, and the one step that lets it run."""
