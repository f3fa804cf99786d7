"""Records that are kept for what runs later are not among those that are to be drafted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_INDEX = "ix_records_undrafted"
_BEFORE = "state <> 'drafted'"
_NOW = "state <> 'drafted' AND state <> 'kept'"


def upgrade() -> None:
    """From the schema before."""
    _make_anew(_NOW)


def downgrade() -> None:
    """Back to the schema before."""
    _make_anew(_BEFORE)


def _make_anew(where: str) -> None:
    op.drop_index(_INDEX, table_name="records")
    op.create_index(
        _INDEX,
        "records",
        ["connection_id", "id"],
        postgresql_where=sa.text(where),
        sqlite_where=sa.text(where),
    )
