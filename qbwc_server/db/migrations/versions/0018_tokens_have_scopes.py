"""What an API token may do, until when, when it was used, whether it was revoked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the schema before: tokens that are there may go on doing everything."""
    everything = sa.Column("scopes", sa.String(length=100), nullable=False, server_default="act manage read write")
    with op.batch_alter_table("api_tokens", schema=None) as batch_op:
        batch_op.add_column(everything)
        batch_op.add_column(sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("api_tokens", schema=None) as batch_op:
        batch_op.alter_column("scopes", server_default=None)


def downgrade() -> None:
    """Back to the schema before. What was revoked or is no longer good goes: it would open everything again."""
    op.execute("DELETE FROM api_tokens WHERE revoked_at IS NOT NULL OR expires_at IS NOT NULL")
    with op.batch_alter_table("api_tokens", schema=None) as batch_op:
        for name in ("revoked_at", "last_used_at", "expires_at", "scopes"):
            batch_op.drop_column(name)
