"""Billing by portions: what was billed is found by the record that told it, and by the day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the schema before."""
    with op.batch_alter_table("billed_parts", schema=None) as batch_op:
        batch_op.drop_index("ix_billed_parts_part")
        batch_op.drop_index("ix_billed_parts_customer")
        batch_op.create_index("ix_billed_parts_organisation", ["connection_id", "organisation", "source_key"])
        batch_op.create_index("ix_billed_parts_day", ["company_id", "billing_day", "customer", "origin"])
    with op.batch_alter_table("billing_runs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("attempt", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("billing_runs", schema=None) as batch_op:
        batch_op.alter_column("attempt", server_default=None)


def downgrade() -> None:
    """Back to the schema before."""
    with op.batch_alter_table("billing_runs", schema=None) as batch_op:
        batch_op.drop_column("attempt")
    with op.batch_alter_table("billed_parts", schema=None) as batch_op:
        batch_op.drop_index("ix_billed_parts_day")
        batch_op.drop_index("ix_billed_parts_organisation")
        batch_op.create_index("ix_billed_parts_customer", ["company_id", "connection_id", "customer", "billing_day"])
        batch_op.create_index("ix_billed_parts_part", ["connection_id", "part"])
