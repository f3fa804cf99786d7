"""Purchase costs that are written to items."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """From the schema before."""
    op.create_table(
        "item_costs",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("company_id", _KEY, nullable=False),
        sa.Column("list_id", sa.String(40), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("cost", sa.String(40), nullable=False),
        sa.Column("before", sa.String(40), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("code", sa.String(60), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_item_costs_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_costs")),
        sa.UniqueConstraint("company_id", "list_id", name=op.f("uq_item_costs_company_id_list_id")),
    )


def downgrade() -> None:
    """Back to the schema before."""
    op.drop_table("item_costs")
