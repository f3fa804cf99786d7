"""Answers kept for keys of callers, and how often tokens ask."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """From the schema before."""
    op.create_table(
        "kept_answers",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("company_id", _KEY, nullable=False),
        sa.Column("token_id", _KEY, nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("asked", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("media", sa.String(100), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_kept_answers_company_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["token_id"], ["api_tokens.id"], name=op.f("fk_kept_answers_token_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_answers")),
        sa.UniqueConstraint("token_id", "key", name=op.f("uq_kept_answers_token_id_key")),
    )
    with op.batch_alter_table("kept_answers", schema=None) as batch_op:
        batch_op.create_index("ix_kept_answers_at", ["at"])
        batch_op.create_index(batch_op.f("ix_kept_answers_company_id"), ["company_id"])
    op.create_table(
        "token_rates",
        sa.Column("token_id", _KEY, nullable=False),
        sa.Column("company_id", _KEY, nullable=False),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_token_rates_company_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["token_id"], ["api_tokens.id"], name=op.f("fk_token_rates_token_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_token_rates")),
    )
    with op.batch_alter_table("token_rates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_token_rates_company_id"), ["company_id"])


def downgrade() -> None:
    """Back to the schema before."""
    op.drop_table("token_rates")
    op.drop_table("kept_answers")
