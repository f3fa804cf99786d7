"""What only a person can say or ask for."""
