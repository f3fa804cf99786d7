"""Who knocks, and whether there is anything for them: all that ``authenticate`` wants to know, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, exists, literal, select
from sqlalchemy.orm import Session

from qbwc_server.books.holds import Hold, HoldKind
from qbwc_server.books.models import CompanyFacts
from qbwc_server.connector.models import ConnectorLogin, KnownAddress, UpdateSessionRow
from qbwc_server.queue.models import OPEN, MessageSet, QueuedRequest
from qbwc_server.queue.states import Delivery, RequestState
from qbwc_server.tenancy.credentials import is_slow, password_matches
from qbwc_server.tenancy.guessing import Counted, Guesses, counted_as, lately, network_of
from qbwc_server.tenancy.models import Company
from qbwc_server.tenancy.server_key import keyed

_REMEMBERED = timedelta(days=90)
_FRESH = timedelta(days=1)  # it is written down again at most so often
_MOST_ADDRESSES = 20  # of one login


@dataclass(frozen=True, slots=True)
class Login:
    """A login that exists, and what stands around it."""

    id: int
    company_id: int
    code: str
    password_hash: str
    earlier_hash: str | None
    earlier_until: datetime | None
    has_opened: bool
    company_file: str
    minimum_interval_s: int | None
    postpone_until: datetime | None
    last_from_here: datetime | None  # when it last came from this network
    session_open: bool
    resting: bool
    work_waits: bool
    paused: bool
    introduced: bool  # whether the company file is known

    def comes_from_here(self, now: datetime) -> bool:
        """Whether the right password for it came from this network before."""
        return self.last_from_here is not None and now - self.last_from_here < _REMEMBERED

    def seen_lately(self, now: datetime) -> bool:
        """Whether that is written down already."""
        return self.last_from_here is not None and now - self.last_from_here < _FRESH

    def hash_of(self, password: str, key: bytes | None, now: datetime) -> str | None:
        """That which this password belongs to: of the one in force, or of the one before while that opens as well."""
        return matching_hash(self.password_hash, self.earlier_hash, self.earlier_until, password, key, now)

    def opens_first(self, password: str, key: bytes | None, now: datetime) -> bool:
        """Whether a connector comes with the password in force for the first time, which is to be written down."""
        return not self.has_opened and self.hash_of(password, key, now) == self.password_hash

    @property
    def is_slow(self) -> bool:
        """Whether looking at a password costs something."""
        return is_slow(self.password_hash) or is_slow(self.earlier_hash)

    def interval(self) -> list[str]:
        """The third and fourth values of authenticate's answer, where they are set."""
        return [] if self.minimum_interval_s is None else ["", str(self.minimum_interval_s)]

    def nothing_to_do(self, now: datetime) -> list[str] | None:
        """The answer where no session is to be opened."""
        if self.postpone_until is not None and self.postpone_until > now:
            seconds = str(int((self.postpone_until - now).total_seconds()) + 1)
            return ["", "none", seconds, *self.interval()[1:]]
        if self.paused or (self.introduced and not self.work_waits):
            return ["", "none", *self.interval()]
        return None


def matching_hash(
    current: str | None, earlier: str | None, until: datetime | None, password: str, key: bytes | None, now: datetime
) -> str | None:
    """Of the password in force and the one before it, the hash that ``password`` belongs to."""
    if password_matches(current, password, key):
        return current
    if earlier is not None and until is not None and now < until and password_matches(earlier, password, key):
        return earlier
    return None


@dataclass(frozen=True, slots=True)
class Knock:
    """Somebody before the door: who they say they are, and what is known of that."""

    network: str  # keyed, as it is written down
    counted: Counted
    guesses: Guesses
    login: Login | None


def knock(db: Connection, user: str, address: str, *, key: bytes | None, pause: timedelta, now: datetime) -> Knock:
    """Look, and change nothing; the same one statement whether ``user`` exists or not."""
    network = network_of(address)
    counted, kept = counted_as(key or b"", user, network), keyed(key or b"", f"address\0{network}")
    asked = {
        "user": user,
        "from_here": kept,
        "pair": counted.pair,
        "by_network": counted.network,
        "by_user": counted.user,
        "since": now - pause,
    }
    row = db.execute(_KNOCK, asked).one()
    guesses = Guesses(*(count or 0 for count in row[:3]))
    return Knock(kept, counted, guesses, None if row[3] is None else Login(*row[3:]))


def remember_address(db: Session, login: Login, network: str, now: datetime) -> None:
    """The right password came from there: guesses of others shut it out no more."""
    known = db.get(KnownAddress, (login.id, network))
    if known is not None:
        known.last_at = now
        return
    db.add(KnownAddress(login_id=login.id, network=network, company_id=login.company_id, last_at=now))
    db.flush()
    newest = (
        select(KnownAddress.network)
        .where(KnownAddress.login_id == login.id)
        .order_by(KnownAddress.last_at.desc())
        .limit(_MOST_ADDRESSES)
    )
    db.execute(delete(KnownAddress).where(KnownAddress.login_id == login.id, KnownAddress.network.not_in(newest)))


def _statement() -> Select[*tuple[Any, ...]]:
    login, of_company = ConnectorLogin, ConnectorLogin.company_id
    due = exists().where(QueuedRequest.company_id == of_company, QueuedRequest.state == RequestState.QUEUED)
    resting = exists().where(QueuedRequest.company_id == of_company, OPEN, QueuedRequest.state == RequestState.RESTING)
    in_flight = exists().where(MessageSet.company_id == of_company, MessageSet.delivery == Delivery.IN_FLIGHT)
    from_here = select(KnownAddress.last_at).where(
        KnownAddress.login_id == login.id, KnownAddress.network == bindparam("from_here")
    )
    asked = select(literal(1).label("one")).subquery("asked")
    return (
        select(
            lately("pair"),
            lately("by_network"),
            lately("by_user"),
            login.id,
            login.company_id,
            Company.code,
            login.password_hash,
            login.earlier_hash,
            login.earlier_until,
            login.has_opened,
            login.company_file,
            login.minimum_interval_s,
            login.postpone_until,
            from_here.scalar_subquery(),
            exists().where(UpdateSessionRow.company_id == of_company, UpdateSessionRow.ended_at.is_(None)),
            resting,
            due | resting | in_flight,
            exists().where(Hold.company_id == of_company, Hold.kind == HoldKind.PAUSED, Hold.lifted_at.is_(None)),
            exists().where(CompanyFacts.company_id == of_company),
        )
        .select_from(asked)
        .outerjoin(login, login.user == bindparam("user"))
        .outerjoin(Company, Company.id == login.company_id)
    )


_KNOCK = _statement()
