"""What runs by the clock. The only package that knows APScheduler."""
