"""From where the right password for a login came."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """From the schema before."""
    op.create_table(
        "known_addresses",
        sa.Column("login_id", _KEY, nullable=False),
        sa.Column("network", sa.String(64), nullable=False),
        sa.Column("company_id", _KEY, nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["login_id"], ["connector_logins.id"], name=op.f("fk_known_addresses_login_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_known_addresses_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("login_id", "network", name=op.f("pk_known_addresses")),
    )
    op.execute("DELETE FROM login_failures")  # counted under other keys; nobody is shut out by forgetting them


def downgrade() -> None:
    """Back to the schema before."""
    op.drop_table("known_addresses")
    op.execute("DELETE FROM login_failures")
