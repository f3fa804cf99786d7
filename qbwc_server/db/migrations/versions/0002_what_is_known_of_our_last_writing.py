"""What is known of our last writing, and requests that rest."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_OPEN_BEFORE = "state IN ('waiting', 'sent', 'uncertain', 'disputed')"
_OPEN = "state IN ('waiting', 'resting', 'sent', 'uncertain', 'disputed')"


def upgrade() -> None:
    """From the schema before."""
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("written_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("time_modified", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_index("ix_documents_company_posted")
        batch_op.create_index("ix_documents_company_written", ["company_id", "written_at"], unique=False)
    op.execute("UPDATE documents SET written_at = posted_at WHERE edit_sequence IS NOT NULL")
    _index_of_open_requests(_OPEN)


def downgrade() -> None:
    """Back to the schema before."""
    op.execute("UPDATE queued_requests SET state = 'queued' WHERE state = 'resting'")
    _index_of_open_requests(_OPEN_BEFORE)
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_index("ix_documents_company_written")
        batch_op.create_index("ix_documents_company_posted", ["company_id", "posted_at"], unique=False)
        batch_op.drop_column("time_modified")
        batch_op.drop_column("written_at")


def _index_of_open_requests(where: str) -> None:
    with op.batch_alter_table("queued_requests", schema=None) as batch_op:
        batch_op.drop_index("ix_queued_requests_open")
        batch_op.create_index(
            "ix_queued_requests_open",
            ["company_id", "state"],
            unique=False,
            postgresql_where=sa.text(where),
            sqlite_where=sa.text(where),
        )
