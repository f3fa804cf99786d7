"""Documents that follow from others know which they follow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the schema before."""
    op.add_column("record_documents", sa.Column("follows", sa.String(120)))


def downgrade() -> None:
    """Back to the schema before."""
    op.drop_column("record_documents", "follows")
