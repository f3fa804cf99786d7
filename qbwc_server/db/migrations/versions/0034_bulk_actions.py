"""One thing done with many documents, and what became of each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_UNDER_WAY, _WAITING = sa.text("state = 'under_way'"), sa.text("state = 'waiting'")


def upgrade() -> None:
    """From the schema before."""
    op.create_table(
        "bulk_actions",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("company_id", _KEY, nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("undoes", _KEY, nullable=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(160), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_bulk_actions_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_actions")),
        sa.UniqueConstraint("undoes", name=op.f("uq_bulk_actions_undoes")),
    )
    with op.batch_alter_table("bulk_actions", schema=None) as batch_op:
        batch_op.create_index("ix_bulk_actions_company", ["company_id", "id"])
        batch_op.create_index("ix_bulk_actions_under_way", ["id"], postgresql_where=_UNDER_WAY, sqlite_where=_UNDER_WAY)
    op.create_table(
        "bulk_items",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("company_id", _KEY, nullable=False),
        sa.Column("bulk_id", _KEY, nullable=False),
        sa.Column("document_id", _KEY, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("before", sa.String(32), nullable=True),
        sa.Column("after", sa.String(32), nullable=True),
        sa.Column("code", sa.String(60), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_bulk_items_company_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["bulk_id"], ["bulk_actions.id"], name=op.f("fk_bulk_items_bulk_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_bulk_items_document_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_items")),
        sa.UniqueConstraint("bulk_id", "document_id", name=op.f("uq_bulk_items_bulk_id_document_id")),
    )
    with op.batch_alter_table("bulk_items", schema=None) as batch_op:
        batch_op.create_index(
            "ix_bulk_items_waiting", ["bulk_id", "id"], postgresql_where=_WAITING, sqlite_where=_WAITING
        )


def downgrade() -> None:
    """Back to the schema before."""
    op.drop_table("bulk_items")
    op.drop_table("bulk_actions")
