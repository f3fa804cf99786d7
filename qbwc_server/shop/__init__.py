"""A shop's orders as bookkeeping: what happened when and where, and the documents that say so; pure, in Decimal."""
