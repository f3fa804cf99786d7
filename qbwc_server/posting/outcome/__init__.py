"""What the answers of QuickBooks change here: posted, refused, to be read again, or in doubt."""
