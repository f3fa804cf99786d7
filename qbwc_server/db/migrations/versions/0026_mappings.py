"""What words of sources stand for, and the words that documents name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """From the schema before."""
    op.create_table(
        "mappings",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("company_id", _KEY, nullable=False),
        sa.Column("connection_id", _KEY, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("word", sa.String(300), nullable=False),
        sa.Column("decision", sa.String(32), nullable=False),
        sa.Column("list_id", sa.String(40), nullable=True),
        sa.Column("name", sa.String(255), nullable=True),
        sa.Column("batch", sa.String(36), nullable=True),
        sa.Column("by", sa.String(160), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_mappings_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mappings")),
        sa.UniqueConstraint(
            "company_id", "kind", "word", "connection_id", name=op.f("uq_mappings_company_id_kind_word_connection_id")
        ),
    )
    with op.batch_alter_table("mappings", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_mappings_batch"), ["batch"])
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("words", sa.Text(), nullable=True))


def downgrade() -> None:
    """Back to the schema before: documents keep the entries that their words became."""
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_column("words")
    op.drop_table("mappings")
