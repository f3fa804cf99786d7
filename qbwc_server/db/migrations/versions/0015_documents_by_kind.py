"""Documents by their kind."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the schema before."""
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index("ix_documents_company_kind", ["company_id", "kind"], unique=False)


def downgrade() -> None:
    """Back to the schema before."""
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_index("ix_documents_company_kind")
