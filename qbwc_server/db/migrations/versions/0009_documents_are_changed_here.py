"""What a source said last of a document, apart from what people made of it; documents by state and day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the schema before."""
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source_digest", sa.String(64), nullable=True))
    op.execute("UPDATE documents SET source_digest = body_digest")
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.alter_column("source_digest", existing_type=sa.String(64), nullable=False)
        batch_op.create_index("ix_documents_company_state_date", ["company_id", "state", "date", "id"], unique=False)


def downgrade() -> None:
    """Back to the schema before."""
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_index("ix_documents_company_state_date")
        batch_op.drop_column("source_digest")
