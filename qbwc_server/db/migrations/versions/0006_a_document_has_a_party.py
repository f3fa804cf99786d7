"""A document's customer becomes its party, which may be a vendor, another name or nobody; what our last writing left in
the books is remembered.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_DOCUMENTS = sa.table(
    "documents", sa.column("customer", sa.Text), sa.column("party", sa.Text), sa.column("party_kind", sa.String)
)


def upgrade() -> None:
    """From the schema before: every document had a customer."""
    op.add_column("documents", sa.Column("party", sa.Text(), nullable=True))
    op.add_column("documents", sa.Column("party_kind", sa.String(32), nullable=True))
    op.add_column("documents", sa.Column("subtotal", sa.BigInteger(), nullable=True))
    op.add_column("documents", sa.Column("written", sa.Text(), nullable=True))
    op.execute(_DOCUMENTS.update().values(party=_DOCUMENTS.c.customer, party_kind="customer"))
    op.drop_column("documents", "customer")


def downgrade() -> None:
    """Back to the schema before: a party of any kind becomes a customer."""
    op.add_column("documents", sa.Column("customer", sa.Text(), nullable=False, server_default=""))
    op.execute(_DOCUMENTS.update().where(_DOCUMENTS.c.party.is_not(None)).values(customer=_DOCUMENTS.c.party))
    for name in ("written", "subtotal", "party_kind", "party"):
        op.drop_column("documents", name)
