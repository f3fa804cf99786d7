"""Requests of programs that change the books, and that follow one another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """From the schema before, in which all of them were questions."""
    with op.batch_alter_table("asked_requests", schema=None) as batch_op:
        batch_op.add_column(sa.Column("writes", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("after_id", _KEY, nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_asked_requests_after_id"), "asked_requests", ["after_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_index(batch_op.f("ix_asked_requests_after_id"), ["after_id"])
    with op.batch_alter_table("asked_requests", schema=None) as batch_op:
        batch_op.alter_column("writes", server_default=None)


def downgrade() -> None:
    """Back to the schema before."""
    with op.batch_alter_table("asked_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_asked_requests_after_id"))
        batch_op.drop_constraint(op.f("fk_asked_requests_after_id"), type_="foreignkey")
        batch_op.drop_column("after_id")
        batch_op.drop_column("writes")
