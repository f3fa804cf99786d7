"""Documents whose lines stand on an invoice of somebody else, and invoices that were marked as sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """From the schema before."""
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("host", sa.Text(), nullable=True))
        batch_op.create_index("ix_documents_company_txn", ["company_id", "txn_id"])
    op.create_table(
        "sent_invoices",
        sa.Column("company_id", _KEY, nullable=False),
        sa.Column("txn_id", sa.String(36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(160), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_sent_invoices_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "txn_id", name=op.f("pk_sent_invoices")),
    )


def downgrade() -> None:
    """Back to the schema before."""
    op.drop_table("sent_invoices")
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_index("ix_documents_company_txn")
        batch_op.drop_column("host")
