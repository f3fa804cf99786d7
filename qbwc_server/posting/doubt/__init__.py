"""What became of writes whose answer is missing: the questions, the evidence, the verdict."""
