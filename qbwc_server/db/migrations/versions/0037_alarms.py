"""Alarms, and which e-mails people want."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """From the schema before."""
    op.create_table(
        "alarms",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("company_id", _KEY, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_alarms_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
    )
    with op.batch_alter_table("alarms", schema=None) as batch_op:
        batch_op.create_index(
            "one_open_alarm_per_company_kind_and_subject",
            ["company_id", "kind", "subject"],
            unique=True,
            postgresql_where=_OPEN,
            sqlite_where=_OPEN,
        )
        batch_op.create_index("ix_alarms_ended_at", ["ended_at"])
    wanted = ("mails_alarms", "mails_summaries")
    with op.batch_alter_table("users", schema=None) as batch_op:
        for column in wanted:
            batch_op.add_column(sa.Column(column, sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("users", schema=None) as batch_op:
        for column in wanted:
            batch_op.alter_column(column, server_default=None)


def downgrade() -> None:
    """Back to the schema before."""
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_column("mails_alarms")
        batch_op.drop_column("mails_summaries")
    op.drop_table("alarms")
