"""Documents are found by the names of their parties and by the numbers that QuickBooks gave."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_UNDER_ANOTHER = sa.text("number IS NULL OR number <> posted_number")


def upgrade() -> None:
    """From the schema before."""
    op.create_index("ix_documents_company_party", "documents", ["company_id", "party"])
    op.create_index(
        "ix_documents_company_posted_number",
        "documents",
        ["company_id", "posted_number"],
        sqlite_where=_UNDER_ANOTHER,
        postgresql_where=_UNDER_ANOTHER,
    )


def downgrade() -> None:
    """Back to the schema before."""
    op.drop_index("ix_documents_company_posted_number", "documents")
    op.drop_index("ix_documents_company_party", "documents")
