"""What every row has that is to be delivered outside, and its states."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_server.db.types import EnumValue, Key, UtcDateTime, Words


class DeliveryState(StrEnum):
    """Where one delivery stands."""

    WAITING = "waiting"  # for its time
    DELIVERED = "delivered"
    DEAD = "dead"  # tried for long, or refused for good: a person has to see to it


class DeliveryEvent(StrEnum):
    """What happens to it."""

    DELIVERED = "delivered"
    FAILED = "failed"  # it is tried again
    GIVEN_UP = "given_up"
    AGAIN = "again"  # a person wants it tried once more
    ONCE_MORE = "once_more"  # somebody wants it once more, whether or not it was delivered


_S, _E = DeliveryState, DeliveryEvent

TRANSITIONS: dict[DeliveryState, dict[DeliveryEvent, DeliveryState]] = {
    _S.WAITING: {_E.DELIVERED: _S.DELIVERED, _E.FAILED: _S.WAITING, _E.GIVEN_UP: _S.DEAD},
    _S.DELIVERED: {_E.ONCE_MORE: _S.WAITING},
    _S.DEAD: {_E.AGAIN: _S.WAITING, _E.ONCE_MORE: _S.WAITING},
}


class Outgoing:
    """Columns of a table whose rows are delivered; ``delivering`` needs no more of it."""

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    state: Mapped[DeliveryState] = mapped_column(EnumValue(DeliveryState), default=DeliveryState.WAITING)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    since: Mapped[datetime] = mapped_column(UtcDateTime)  # when it was wanted, or wanted once more
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)  # not tried before
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    trouble: Mapped[str | None] = mapped_column(Words(500))  # why the latest attempt came to nothing
