"""Evidence may be kept in short."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the schema before."""
    op.add_column("message_sets", sa.Column("shortened_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "message_sets", sa.Column("body_bytes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
    )
    op.add_column("message_sets", sa.Column("body_digest", sa.String(length=64), nullable=True))
    op.add_column("message_sets", sa.Column("answer_digest", sa.String(length=64), nullable=True))
    op.create_index(
        "ix_message_sets_whole",
        "message_sets",
        ["sent_at", "id"],
        unique=False,
        postgresql_where=sa.text("shortened_at IS NULL"),
        sqlite_where=sa.text("shortened_at IS NULL"),
    )


def downgrade() -> None:
    """Back to the schema before."""
    op.drop_index("ix_message_sets_whole", "message_sets")
    with op.batch_alter_table("message_sets", schema=None) as batch_op:
        for name in ("answer_digest", "body_digest", "body_bytes", "shortened_at"):
            batch_op.drop_column(name)
