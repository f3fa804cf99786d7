"""Rules of a person, and what was learnt from choices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """From the schema before."""
    op.create_table(
        "rules",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("company_id", _KEY, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("match", sa.String(32), nullable=False),
        sa.Column("text", sa.String(80), nullable=False),
        sa.Column("direction", sa.String(32), nullable=True),
        sa.Column("least", sa.BigInteger(), nullable=True),
        sa.Column("most", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(159), nullable=True),
        sa.Column("reduced_tax", sa.Boolean(), nullable=True),
        sa.Column("account", sa.String(159), nullable=False),
        sa.Column("class_name", sa.String(159), nullable=True),
        sa.Column("description", sa.String(300), nullable=True),
        sa.Column("splits", sa.Text(), nullable=False),
        sa.Column("by", sa.String(160), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_rules_company_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules")),
    )
    with op.batch_alter_table("rules", schema=None) as batch_op:
        batch_op.create_index("ix_rules_company_place", ["company_id", "place"])
    op.create_table(
        "learnt_choices",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("company_id", _KEY, nullable=False),
        sa.Column("direction", sa.String(32), nullable=False),
        sa.Column("tax", sa.String(10), nullable=False),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column("account", sa.String(159), nullable=False),
        sa.Column("class_name", sa.String(159), nullable=True),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_learnt_choices_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learnt_choices")),
        sa.UniqueConstraint(
            "company_id", "direction", "tax", "words", name=op.f("uq_learnt_choices_company_id_direction_tax_words")
        ),
    )


def downgrade() -> None:
    """Back to the schema before."""
    op.drop_table("learnt_choices")
    op.drop_table("rules")
