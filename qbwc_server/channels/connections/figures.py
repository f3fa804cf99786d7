"""Figures of days, kept for each group of facts as it was drafted last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.models import Connection, ConnectionFigure
from qbwc_server.channels.contract import Figure
from qbwc_server.db import Base

_AT_A_TIME = 500
_FIGURES = Base.metadata.tables["connection_figures"]


def keep_figures(db: Session, connection: Connection, by_group: Mapping[str, Sequence[Figure]]) -> None:
    """Put the figures of these groups in the place of those that were kept.

    A document of which nothing is said any more keeps its own: while it stands in the books, it has to be explained.
    """
    for groups in _pieces(list(by_group)):
        origins = sorted({one.origin for group in groups for one in by_group[group] if one.origin})
        here = (ConnectionFigure.connection_id == connection.id, ConnectionFigure.group_key.in_(groups))
        db.execute(delete(ConnectionFigure).where(*here, ConnectionFigure.origin == ""))
        for some in _pieces(origins):
            db.execute(delete(ConnectionFigure).where(*here, ConnectionFigure.origin.in_(some)))
    shared = {"company_id": connection.company_id, "connection_id": connection.id}
    rows = [{**shared, **_row(one), "group_key": group} for group, figures in by_group.items() for one in figures]
    if rows:
        db.execute(insert(_FIGURES), rows)


def _row(one: Figure) -> dict[str, Any]:
    return {
        "day": one.day,
        "part": one.part,
        "way": one.way,
        "place": one.place,
        "place_name": one.place_name,
        "amount": one.amount,
        "source": one.of,
        "called": one.called,
        "origin": one.origin,
        "kind": one.kind,
    }


def _pieces(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[start : start + _AT_A_TIME] for start in range(0, len(values), _AT_A_TIME))
