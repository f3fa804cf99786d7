"""What was billed is found by the customer."""

from __future__ import annotations

from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the schema before."""
    op.create_index("ix_billed_parts_customer", "billed_parts", ["company_id", "customer", "billing_day"])


def downgrade() -> None:
    """Back to the schema before."""
    op.drop_index("ix_billed_parts_customer", "billed_parts")
