"""One thing done with many documents: asked for once, done by a job, with a result for each, and taken back at once."""
