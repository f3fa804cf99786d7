"""Links for setting up, the password before, and the version of the Web Connector."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """From the schema before."""
    op.create_table(
        "set_up_links",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("company_id", _KEY, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("made_by", sa.String(160), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passwords", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_set_up_links_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_up_links")),
        sa.UniqueConstraint("digest", name=op.f("uq_set_up_links_digest")),
    )
    with op.batch_alter_table("set_up_links", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_set_up_links_company_id"), ["company_id"])
    op.add_column("connector_logins", sa.Column("earlier_hash", sa.String(200), nullable=True))
    op.add_column("connector_logins", sa.Column("earlier_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("update_sessions", sa.Column("connector_version", sa.String(20), nullable=True))


def downgrade() -> None:
    """Back to the schema before."""
    op.drop_column("update_sessions", "connector_version")
    op.drop_column("connector_logins", "earlier_until")
    op.drop_column("connector_logins", "earlier_hash")
    op.drop_table("set_up_links")
