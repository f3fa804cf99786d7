"""New passwords that were asked for by e-mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WAITS = sa.text("answered_at IS NULL")


def upgrade() -> None:
    """From the schema before."""
    op.create_table(
        "password_resets",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("user_id", _KEY, nullable=True),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.Column("password_digest", sa.String(64), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_password_resets_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_resets")),
        sa.UniqueConstraint("digest", name=op.f("uq_password_resets_digest")),
    )
    with op.batch_alter_table("password_resets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_password_resets_user_id"), ["user_id"])
        batch_op.create_index("ix_password_resets_asked_at", ["asked_at"])
        batch_op.create_index("ix_password_resets_waiting", ["id"], postgresql_where=_WAITS, sqlite_where=_WAITS)


def downgrade() -> None:
    """Back to the schema before."""
    op.drop_table("password_resets")
