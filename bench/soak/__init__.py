"""Random schedules of faults over mixed documents, and what must be true after each of them: ``make soak``."""
