"""What an operator sees from outside: logs and metrics. Neither carries secrets or customer data."""
