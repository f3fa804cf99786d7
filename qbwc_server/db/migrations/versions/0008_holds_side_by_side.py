"""Holds are records of their own: several may stand side by side, and who put and lifted them stays known."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PUT_BY = {"other_file": "quickbooks", "restored_backup": "quickbooks", "paused": "command_line"}

_COMPANIES = sa.table("companies", sa.column("id"), sa.column("hold"), sa.column("hold_detail"))
_HOLDS = sa.table(
    "holds",
    sa.column("company_id"),
    sa.column("kind"),
    sa.column("detail"),
    sa.column("by"),
    sa.column("since", sa.DateTime(timezone=True)),
    sa.column("lifted_at"),
)


def upgrade() -> None:
    """From the schema before."""
    op.create_table(
        "holds",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("company_id", _KEY, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=True),
        sa.Column("by", sa.String(160), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.String(160), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_holds_company_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    op.create_index(
        "one_standing_hold_of_a_kind_per_company",
        "holds",
        ["company_id", "kind"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
        sqlite_where=sa.text("lifted_at IS NULL"),
    )
    held = op.get_bind().execute(sa.select(_COMPANIES).where(_COMPANIES.c.hold.is_not(None))).all()
    now = datetime.now(UTC)
    for company in held:
        op.execute(
            _HOLDS.insert().values(
                company_id=company.id,
                kind=company.hold,
                detail=company.hold_detail or "Writing is on hold.",
                by=_PUT_BY.get(company.hold, "server"),
                since=now,
            )
        )
    with op.batch_alter_table("companies", schema=None) as batch_op:
        batch_op.drop_column("hold")
        batch_op.drop_column("hold_detail")
        batch_op.drop_column("accept_next_file")  # what was accepted is the file that was seen, no longer any file


def downgrade() -> None:
    """Back to the schema before: of several holds the strongest stays."""
    with op.batch_alter_table("companies", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hold", sa.String(32), nullable=True))
        batch_op.add_column(sa.Column("hold_detail", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("accept_next_file", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("companies", schema=None) as batch_op:
        batch_op.alter_column("accept_next_file", existing_type=sa.Boolean(), server_default=None)
    standing = op.get_bind().execute(sa.select(_HOLDS).where(_HOLDS.c.lifted_at.is_(None))).all()
    for kind in reversed(_PUT_BY):
        for hold in standing:
            if hold.kind == kind:
                op.execute(
                    _COMPANIES.update()
                    .where(_COMPANIES.c.id == hold.company_id)
                    .values(hold=hold.kind, hold_detail=hold.detail)
                )
    op.drop_table("holds")
