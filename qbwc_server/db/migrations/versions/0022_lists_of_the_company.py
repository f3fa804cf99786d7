"""The lists of a company file as QuickBooks told them last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_TABLES = ("mirror_lists", "mirror_words", "mirror_former_names", "mirror_entries")


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _sort_key(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _moment() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    """From the schema before."""
    _entries()
    _former_names()
    _words()
    _lists()


def _entries() -> None:
    op.create_table(
        "mirror_entries",
        sa.Column("id", _key(), nullable=False),
        sa.Column("company_id", _key(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("list_id", sa.String(40), nullable=False),
        sa.Column("full_name", sa.String(255), nullable=False),
        sa.Column("name_key", sa.String(255), nullable=False),
        sa.Column("search_key", _sort_key(255), nullable=False),
        sa.Column("parent_id", sa.String(40), nullable=True),
        sa.Column("entry_type", sa.String(40), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("email", sa.String(255), nullable=True),
        sa.Column("number", sa.String(100), nullable=True),
        sa.Column("company_name", sa.String(100), nullable=True),
        sa.Column("time_modified", _moment(), nullable=True),
        sa.Column("rest", sa.Text(), nullable=False),
        sa.Column("gone", sa.String(32), nullable=True),
        sa.Column("gone_at", _moment(), nullable=True),
        sa.Column("seen_in", sa.Integer(), nullable=False),
        sa.Column("changed_at", _moment(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("company_id", "kind", "list_id"),
    )
    with op.batch_alter_table("mirror_entries", schema=None) as batch_op:
        batch_op.create_index("ix_mirror_entries_name", ["company_id", "kind", "name_key"], unique=False)
        batch_op.create_index("ix_mirror_entries_search", ["company_id", "search_key", "kind"], unique=False)
        batch_op.create_index("ix_mirror_entries_changed", ["company_id", "changed_at"], unique=False)


def _former_names() -> None:
    op.create_table(
        "mirror_former_names",
        sa.Column("id", _key(), nullable=False),
        sa.Column("company_id", _key(), nullable=False),
        sa.Column("entry_id", _key(), nullable=False),
        sa.Column("full_name", sa.String(255), nullable=False),
        sa.Column("name_key", sa.String(255), nullable=False),
        sa.Column("until", _moment(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["entry_id"], ["mirror_entries.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("mirror_former_names", schema=None) as batch_op:
        batch_op.create_index("ix_mirror_former_names_entry_id", ["entry_id"], unique=False)
        batch_op.create_index("ix_mirror_former_names_name", ["company_id", "name_key"], unique=False)


def _words() -> None:
    op.create_table(
        "mirror_words",
        sa.Column("entry_id", _key(), nullable=False),
        sa.Column("word", _sort_key(60), nullable=False),
        sa.Column("backwards", _sort_key(60), nullable=False),
        sa.Column("company_id", _key(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["entry_id"], ["mirror_entries.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("entry_id", "word"),
    )
    with op.batch_alter_table("mirror_words", schema=None) as batch_op:
        batch_op.create_index("ix_mirror_words_backwards", ["company_id", "backwards", "kind"], unique=False)
        batch_op.create_index("ix_mirror_words_word", ["company_id", "word", "kind", "entry_id"], unique=False)


def _lists() -> None:
    op.create_table(
        "mirror_lists",
        sa.Column("company_id", _key(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.String(32), nullable=True),
        sa.Column("reading", sa.String(32), nullable=True),
        sa.Column("begun_at", _moment(), nullable=True),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=True),
        sa.Column("mark", sa.String(255), nullable=True),
        sa.Column("restarts", sa.Integer(), nullable=False),
        sa.Column("read_at", _moment(), nullable=True),
        sa.Column("whole_at", _moment(), nullable=True),
        sa.Column("newest", _moment(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("company_id", "kind"),
    )


def downgrade() -> None:
    """Back to the schema before."""
    for table in _TABLES:
        op.drop_table(table)
