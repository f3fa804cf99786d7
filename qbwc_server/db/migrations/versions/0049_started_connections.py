"""When a connection was started by a person, as what, and what upstream had said before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the schema before; what runs already is taken for started."""
    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.add_column(sa.Column("started_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("started_as", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("looked", sa.Text(), nullable=True))
    op.execute("UPDATE connections SET started_at = created_at WHERE state NOT IN ('being_set_up', 'disconnected')")


def downgrade() -> None:
    """Back to the schema before."""
    with op.batch_alter_table("connections", schema=None) as batch_op:
        for name in ("looked", "started_as", "started_at"):
            batch_op.drop_column(name)
