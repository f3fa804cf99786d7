"""Billing runs: what a person decided, what was billed of each charge, and what a run came to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def _id() -> list[sa.Column[int]]:
    return [sa.Column("id", _KEY, nullable=False), sa.Column("company_id", _KEY, nullable=False)]


def _to(table: str, column: str, of: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{of}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")


def upgrade() -> None:
    """From the schema before."""
    _create_runs()
    _create_decisions()
    _create_parts()
    _create_outcomes()


def _create_runs() -> None:
    op.create_table(
        "billing_runs",
        *_id(),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("billing_day", sa.Date(), nullable=False),
        sa.Column("settings_version", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(160), nullable=False),
        sa.Column("begun_at", _MOMENT, nullable=False),
        sa.Column("done_at", _MOMENT, nullable=True),
        sa.Column("waiting", sa.Integer(), nullable=False),
        _to("billing_runs", "company_id", "companies"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_runs")),
        sa.UniqueConstraint(
            "company_id", "kind", "billing_day", name=op.f("uq_billing_runs_company_id_kind_billing_day")
        ),
    )


def _create_decisions() -> None:
    op.create_table(
        "billing_decisions",
        *_id(),
        sa.Column("billing_day", sa.Date(), nullable=False),
        sa.Column("connection_id", _KEY, nullable=False),
        sa.Column("customer", sa.String(40), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("approved", sa.String(64), nullable=True),
        sa.Column("by", sa.String(160), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        _to("billing_decisions", "company_id", "companies"),
        _to("billing_decisions", "connection_id", "connections"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_decisions")),
        sa.UniqueConstraint(
            "connection_id",
            "billing_day",
            "customer",
            name=op.f("uq_billing_decisions_connection_id_billing_day_customer"),
        ),
    )


def _create_parts() -> None:
    op.create_table(
        "billed_parts",
        *_id(),
        sa.Column("connection_id", _KEY, nullable=False),
        sa.Column("billing_day", sa.Date(), nullable=False),
        sa.Column("customer", sa.String(40), nullable=False),
        sa.Column("origin", sa.String(120), nullable=False),
        sa.Column("part", sa.String(20), nullable=False),
        sa.Column("source_key", sa.String(200), nullable=False),
        sa.Column("organisation", sa.String(300), nullable=False),
        sa.Column("charge", sa.Text(), nullable=False),
        sa.Column("quantity", sa.String(60), nullable=False),
        sa.Column("factor", sa.String(120), nullable=False),
        sa.Column("quantity_before", sa.String(60), nullable=True),
        sa.Column("factor_before", sa.String(120), nullable=True),
        sa.Column("price", sa.BigInteger(), nullable=True),
        _to("billed_parts", "company_id", "companies"),
        _to("billed_parts", "connection_id", "connections"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billed_parts")),
    )
    with op.batch_alter_table("billed_parts", schema=None) as batch_op:
        batch_op.create_index("ix_billed_parts_part", ["connection_id", "part"])
        batch_op.create_index("ix_billed_parts_customer", ["company_id", "connection_id", "customer", "billing_day"])


def _create_outcomes() -> None:
    op.create_table(
        "billing_outcomes",
        *_id(),
        sa.Column("run_id", _KEY, nullable=False),
        sa.Column("connection_id", _KEY, nullable=False),
        sa.Column("part", sa.String(20), nullable=False),
        sa.Column("organisation", sa.String(300), nullable=False),
        sa.Column("offer", sa.String(300), nullable=False),
        sa.Column("product", sa.String(300), nullable=False),
        sa.Column("period_first", sa.Date(), nullable=True),
        sa.Column("period_last", sa.Date(), nullable=True),
        sa.Column("quantity", sa.String(60), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(10), nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(60), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("customer", sa.String(255), nullable=False),
        sa.Column("origin", sa.String(120), nullable=False),
        _to("billing_outcomes", "company_id", "companies"),
        _to("billing_outcomes", "run_id", "billing_runs"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_outcomes")),
    )
    with op.batch_alter_table("billing_outcomes", schema=None) as batch_op:
        batch_op.create_index("ix_billing_outcomes_run", ["run_id", "id"])


def downgrade() -> None:
    """Back to the schema before."""
    for table in ("billing_outcomes", "billed_parts", "billing_decisions", "billing_runs"):
        op.drop_table(table)
