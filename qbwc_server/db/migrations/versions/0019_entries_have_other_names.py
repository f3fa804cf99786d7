"""Under which name QuickBooks has an entry that was renamed there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the schema before."""
    with op.batch_alter_table("list_entries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("called", sa.String(length=255), nullable=True))


def downgrade() -> None:
    """Back to the schema before."""
    with op.batch_alter_table("list_entries", schema=None) as batch_op:
        batch_op.drop_column("called")
