"""Of which group of records, or which file, a document came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.models import Connection
from qbwc_server.db import Base

_PAIRS = Base.metadata.tables["record_documents"]


def keep_pairs(
    db: Session,
    connection: Connection,
    pairs: Sequence[tuple[str, str]],
    follows: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Keep pairs of origin and group; the first group that a document came of stays.

    Args:
        follows: by origin, which document it follows.
    """
    if not pairs:
        return
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    shared = {"company_id": connection.company_id, "connection_id": connection.id}
    db.execute(
        insert(_PAIRS).on_conflict_do_nothing(index_elements=["connection_id", "origin"]),
        [{**shared, "origin": origin, "group_key": group, "follows": follows.get(origin)} for origin, group in pairs],
    )
