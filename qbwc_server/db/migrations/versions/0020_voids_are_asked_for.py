"""What a person does is called by one name: to have a document voided."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the schema before."""
    op.execute("UPDATE document_events SET event = 'void_asked' WHERE event = 'withdrawal'")


def downgrade() -> None:
    """Back to the schema before."""
    op.execute("UPDATE document_events SET event = 'withdrawal' WHERE event = 'void_asked'")
