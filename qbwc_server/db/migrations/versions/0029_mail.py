"""E-mails that are to leave."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_IS_WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    """From the schema before."""
    op.create_table(
        "outgoing_mail",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("company_id", _KEY, nullable=True),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_outgoing_mail_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mail")),
        sa.UniqueConstraint("key", name=op.f("uq_outgoing_mail_key")),
    )
    with op.batch_alter_table("outgoing_mail", schema=None) as batch_op:
        batch_op.create_index("ix_outgoing_mail_company_id", ["company_id"])
        batch_op.create_index(
            "ix_outgoing_mail_due", ["due_at", "id"], postgresql_where=_IS_WAITING, sqlite_where=_IS_WAITING
        )


def downgrade() -> None:
    """Back to the schema before."""
    op.drop_table("outgoing_mail")
