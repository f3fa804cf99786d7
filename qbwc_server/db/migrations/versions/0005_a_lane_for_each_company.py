"""What is locked by update sessions is a row of its own, no longer the company."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the schema before."""
    op.create_table(
        "lanes",
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_lanes_company_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("company_id", name=op.f("pk_lanes")),
    )
    op.execute("INSERT INTO lanes (company_id) SELECT id FROM companies")


def downgrade() -> None:
    """Back to the schema before."""
    op.drop_table("lanes")
