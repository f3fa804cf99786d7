"""Numbers that are spelt alike are found by a key of their own."""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

_AT_A_TIME = 5_000
_PART = re.compile(r"[^\W\d_]+|\d+")
_DOCUMENTS = sa.table(
    "documents", sa.column("id", sa.BigInteger), sa.column("number", sa.String), sa.column("number_key", sa.String)
)


def upgrade() -> None:
    """From the schema before."""
    op.add_column("documents", sa.Column("number_key", sa.String(80)))
    rows = sa.select(_DOCUMENTS.c.id, _DOCUMENTS.c.number).order_by(_DOCUMENTS.c.id).limit(_AT_A_TIME)
    fill = sa.update(_DOCUMENTS).where(_DOCUMENTS.c.id == sa.bindparam("row")).values(number_key=sa.bindparam("key"))
    last = 0
    while found := op.get_bind().execute(rows.where(_DOCUMENTS.c.id > last)).all():
        keys = [{"row": one.id, "key": _key(one.number)} for one in found if one.number is not None]
        if keys:
            op.get_bind().execute(fill, keys)
        last = found[-1].id
    op.create_index("ix_documents_company_number_key", "documents", ["company_id", "number_key"])


def downgrade() -> None:
    """Back to the schema before."""
    op.drop_index("ix_documents_company_number_key", "documents")
    op.drop_column("documents", "number_key")


def _key(number: str) -> str:
    """As the server spelt it when this schema came: without case, blanks, marks, and leading zeros."""
    parts = [part.lstrip("0") or "0" if part.isdecimal() else part for part in _PART.findall(number.casefold())]
    return " ".join(parts or number.split())
