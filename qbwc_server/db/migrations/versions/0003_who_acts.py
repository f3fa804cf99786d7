"""Who acts has a kind: history rows say ``kind:id:label``."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_AT_THE_PROMPT = ", command line"
_KNOWN = {"QuickBooks": "quickbooks", "server": "server", "API": "token", "command line": "command_line"}
_UNKNOWN = "person"

_EVENTS = sa.table("document_events", sa.column("by", sa.String))
_BY = _EVENTS.c.by
_PROMPTED = _BY.like(f"%{_AT_THE_PROMPT}")


def upgrade() -> None:
    """From the schema before."""
    with op.batch_alter_table("document_events", schema=None) as batch_op:
        batch_op.alter_column("by", existing_type=sa.String(100), type_=sa.String(160), existing_nullable=False)
    name = sa.func.substr(_BY, 1, sa.func.length(_BY) - len(_AT_THE_PROMPT))
    op.execute(
        _EVENTS.update().values(
            by=sa.case(
                *[(_BY.in_([old]), sa.literal(new)) for old, new in _KNOWN.items()],
                (_PROMPTED, sa.literal("command_line::", sa.String) + name),
                else_=sa.literal(f"{_UNKNOWN}::", sa.String) + _BY,
            )
        )
    )


def downgrade() -> None:
    """Back to the schema before: names stay, ids go."""
    rest = sa.func.substr(_BY, sa.func.length("command_line::") + 1)
    op.execute(
        _EVENTS.update().values(
            by=sa.case(
                *[(_BY.in_([new]), sa.literal(old)) for old, new in _KNOWN.items()],
                (_BY.like("command_line::%"), sa.func.substr(rest, 1, 86) + _AT_THE_PROMPT),
                else_=sa.func.substr(_BY, sa.func.length(f"{_UNKNOWN}::") + 1, 100),
            )
        )
    )
    with op.batch_alter_table("document_events", schema=None) as batch_op:
        batch_op.alter_column("by", existing_type=sa.String(160), type_=sa.String(100), existing_nullable=False)
