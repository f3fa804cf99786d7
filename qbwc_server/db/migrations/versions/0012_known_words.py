"""Words that sources use for list entries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the schema before."""
    op.create_table(
        "known_words",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("name_key", sa.String(length=255), nullable=False),
        sa.Column("word", sa.String(length=300), nullable=False),
        sa.Column("sure", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("company_id", "kind", "word"),
    )
    with op.batch_alter_table("known_words", schema=None) as batch_op:
        batch_op.create_index("ix_known_words_name", ["company_id", "kind", "name_key"], unique=False)


def downgrade() -> None:
    """Back to the schema before."""
    op.drop_table("known_words")
