"""Questions of programs, and the pages of their answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    """From the schema before."""
    op.create_table(
        "asked_requests",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("company_id", _KEY, nullable=False),
        sa.Column("message", sa.String(64), nullable=False),
        sa.Column("xml", sa.Text(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("by", sa.String(160), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("message_told", sa.Text(), nullable=True),
        sa.Column("advice", sa.Text(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("objects", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("restarts", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_asked_requests_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_requests")),
    )
    with op.batch_alter_table("asked_requests", schema=None) as batch_op:
        batch_op.create_index("ix_asked_requests_company", ["company_id", "id"])
        batch_op.create_index("ix_asked_requests_settled_at", ["settled_at"])
        batch_op.create_index(
            "ix_asked_requests_waiting",
            ["company_id", "expires_at"],
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        )
    op.create_table(
        "asked_pages",
        sa.Column("company_id", _KEY, nullable=False),
        sa.Column("asked_id", _KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_asked_pages_company_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["asked_id"], ["asked_requests.id"], name=op.f("fk_asked_pages_asked_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("asked_id", "number", name=op.f("pk_asked_pages")),
    )
    with op.batch_alter_table("asked_pages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_asked_pages_company_id"), ["company_id"])


def downgrade() -> None:
    """Back to the schema before."""
    op.drop_table("asked_pages")
    op.drop_table("asked_requests")
