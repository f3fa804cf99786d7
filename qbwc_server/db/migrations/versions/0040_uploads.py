"""Uploads are runs of connections: a run tells its file, and those of files go on side by side."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_NAME = "one_run_under_way_per_connection"


def _index(where: str) -> None:
    with op.batch_alter_table("connection_runs", schema=None) as batch_op:
        batch_op.create_index(
            _NAME, ["connection_id"], unique=True, postgresql_where=sa.text(where), sqlite_where=sa.text(where)
        )


def upgrade() -> None:
    """From the schema before."""
    with op.batch_alter_table("connection_runs", schema=None) as batch_op:
        batch_op.drop_index(_NAME)
        batch_op.add_column(sa.Column("file", sa.String(255), nullable=True))
    _index("outcome = 'under_way' AND file IS NULL")


def downgrade() -> None:
    """Back to the schema before, without what is still under way."""
    op.execute("DELETE FROM connection_runs WHERE outcome = 'under_way' AND file IS NOT NULL")
    with op.batch_alter_table("connection_runs", schema=None) as batch_op:
        batch_op.drop_index(_NAME)
        batch_op.drop_column("file")
    _index("outcome = 'under_way'")
