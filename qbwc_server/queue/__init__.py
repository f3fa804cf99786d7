"""Requests waiting for QuickBooks and the message sets they travel in; what they are about is nobody's business
here.
"""
