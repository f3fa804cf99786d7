"""How a company bills, and what a person said of offers and organisations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """From the schema before."""
    op.create_table(
        "billing_settings",
        sa.Column("company_id", _KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("mode_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(160), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_billing_settings_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", name=op.f("pk_billing_settings")),
    )
    op.create_table(
        "billing_switches",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("company_id", _KEY, nullable=False),
        sa.Column("connection_id", _KEY, nullable=False),
        sa.Column("organisation", sa.String(300), nullable=False),
        sa.Column("offer", sa.String(300), nullable=False),
        sa.Column("synchronise", sa.Boolean(), nullable=True),
        sa.Column("makes", sa.String(32), nullable=True),
        sa.Column("by", sa.String(160), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_billing_switches_company_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_billing_switches_connection_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_switches")),
        sa.UniqueConstraint(
            "connection_id", "organisation", "offer", name=op.f("uq_billing_switches_connection_id_organisation_offer")
        ),
    )
    op.create_index(op.f("ix_billing_switches_company_id"), "billing_switches", ["company_id"])


def downgrade() -> None:
    """Back to the schema before."""
    op.drop_table("billing_switches")
    op.drop_table("billing_settings")
