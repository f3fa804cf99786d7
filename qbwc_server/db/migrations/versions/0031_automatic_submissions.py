"""Limits of what a connection submits by itself, and what went."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """From the schema before."""
    op.create_table(
        "automatic_submissions",
        sa.Column("connection_id", _KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", _KEY, nullable=False),
        sa.Column("documents_per_run", sa.Integer(), nullable=True),
        sa.Column("documents_per_day", sa.Integer(), nullable=True),
        sa.Column("amount_per_run", sa.BigInteger(), nullable=True),
        sa.Column("amount_per_day", sa.BigInteger(), nullable=True),
        sa.Column("run_id", _KEY, nullable=False),
        sa.Column("run_documents", sa.Integer(), nullable=False),
        sa.Column("run_amount", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("day_documents", sa.Integer(), nullable=False),
        sa.Column("day_amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_automatic_submissions_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("connection_id", name=op.f("pk_automatic_submissions")),
    )


def downgrade() -> None:
    """Back to the schema before."""
    op.drop_table("automatic_submissions")
