"""What systems upstream are told of the documents that they brought."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WAITS = sa.text("waits")


def upgrade() -> None:
    """From the schema before."""
    op.add_column("connections", sa.Column("told_until", _KEY))
    op.create_table(
        "told_back",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("company_id", _KEY, nullable=False),
        sa.Column("connection_id", _KEY, nullable=False),
        sa.Column("origin", sa.String(120), nullable=False),
        sa.Column("event_id", _KEY, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("body", sa.Text()),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("connection_id", "origin"),
    )
    op.create_index(
        "ix_told_back_waits", "told_back", ["connection_id", "id"], sqlite_where=_WAITS, postgresql_where=_WAITS
    )


def downgrade() -> None:
    """Back to the schema before."""
    op.drop_table("told_back")
    op.drop_column("connections", "told_until")
