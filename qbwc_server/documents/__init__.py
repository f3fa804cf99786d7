"""What ought to stand in the books: invoices, sales receipts, credit memos, payments; their states and their
history.
"""
