"""How often a token asks: counted minute by minute in the database, so that all processes count together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import ForeignKey, Integer, case, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from qbwc_server.db import Base
from qbwc_server.db.types import UtcDateTime
from qbwc_server.errors import QbwcError

_AHEAD = timedelta(minutes=5)


class TokenRate(Base):
    """How often a token has asked in the minute in which it asked last."""

    __tablename__ = "token_rates"

    token_id: Mapped[int] = mapped_column(ForeignKey("api_tokens.id", ondelete="CASCADE"), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    minute: Mapped[datetime] = mapped_column(UtcDateTime)
    count: Mapped[int] = mapped_column(Integer)


@dataclass(frozen=True, slots=True)
class Rate:
    """Where a token stands in this minute."""

    most: int
    count: int
    seconds_left: int

    @property
    def left(self) -> int:
        """How often it may ask until the minute is over."""
        return max(0, self.most - self.count)


class TooManyRequests(QbwcError):
    """This token asked too often in this minute."""

    code: ClassVar[str] = "too_many_requests"
    advice = "Wait for as many seconds as the header Retry-After says, and ask for more in one call."
    retry_helps: ClassVar[bool] = True

    def __init__(self, rate: Rate | None = None) -> None:
        super().__init__()
        self.rate = rate


def count_request(db: Session, company_id: int, token_id: int, most: int, now: datetime, *, times: int = 1) -> Rate:
    """Count a request of a token, or several; the caller refuses where that is too many."""
    minute = now.replace(second=0, microsecond=0)
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    added = insert(TokenRate).values(token_id=token_id, company_id=company_id, minute=minute, count=times)
    # a clock that was set back a little begins no minute anew; one that was far ahead locks nobody out until then
    is_new = or_(added.excluded.minute > TokenRate.minute, TokenRate.minute > minute + _AHEAD)
    counted = added.on_conflict_do_update(
        index_elements=[TokenRate.token_id],
        set_={
            "count": case((is_new, times), else_=TokenRate.count + times),
            "minute": case((is_new, added.excluded.minute), else_=TokenRate.minute),
        },
    )
    count = db.scalar(counted.returning(TokenRate.count)) or 1
    return Rate(most, count, 60 - now.second)
