"""The link in the closing words of an update session."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the schema before."""
    with op.batch_alter_table("update_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("link_digest", sa.String(64), nullable=True))
        batch_op.create_unique_constraint("uq_update_sessions_link_digest", ["link_digest"])


def downgrade() -> None:
    """Back to the schema before."""
    with op.batch_alter_table("update_sessions", schema=None) as batch_op:
        batch_op.drop_constraint("uq_update_sessions_link_digest", type_="unique")
        batch_op.drop_column("link_digest")
