"""Guessing passwords is slowed down: wrong ones are counted, in a table that cannot grow beyond its buckets."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

from sqlalchemy import ColumnElement, Insert, bindparam, case, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.db.pieces import delete_in_pieces
from qbwc_server.settings import Settings
from qbwc_server.tenancy.models import LoginFailures
from qbwc_server.tenancy.server_key import keyed

_BUCKET = 4  # hexadecimal digits: 65,536 buckets for each kind of count, whoever comes with how many names
_OF_A_NETWORK = 64  # bits: whoever has one IPv6 address has all of its /64
_SPREAD = 10  # how many times more one login may be guessed at from many networks than from one


@dataclass(frozen=True, slots=True)
class Counted:
    """Under which keys a wrong password is counted: bucket names, from which nothing can be read."""

    pair: str  # this login from this network
    network: str
    user: str


@dataclass(frozen=True, slots=True)
class Guesses:
    """Wrong passwords lately."""

    pair: int
    network: int
    user: int

    def stop_the_pair(self, failures: int) -> bool:
        """Whether this login is not even looked at any more for this network."""
        return self.pair >= failures

    def stop_strangers(self, failures: int) -> bool:
        """Whether nothing is counted any more, nor spent on a password that costs something to check."""
        return self.network >= failures or self.user >= failures * _SPREAD


def network_of(address: str) -> str:
    """What one caller can change at will counts as one: an IPv4 address, the /64 of an IPv6 address."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(ip, IPv6Address):
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(IPv6Network((ip, _OF_A_NETWORK), strict=False))


def counted_as(key: bytes, user: str, network: str) -> Counted:
    """Where a wrong password for ``user`` from ``network`` is counted."""

    def bucket(kind: str, text: str) -> str:
        return f"{kind} {keyed(key, f'{kind}{chr(0)}{text}')[:_BUCKET]}"

    return Counted(bucket("pair", f"{user}\0{network}"), bucket("network", network), bucket("user", user))


def lately(which: str) -> ColumnElement[int | None]:
    """A column: the count under the key bound as ``which``, unless it is older than what is bound as ``since``."""
    return (
        select(LoginFailures.count)
        .where(LoginFailures.key == bindparam(which), LoginFailures.last_at > bindparam("since"))
        .scalar_subquery()
    )


def note_wrong_password(db: Session, counted: Counted, *, exists: bool, pause: timedelta, now: datetime) -> None:
    """Count one wrong password; a count older than the pause starts again. Names that do not exist count as nobody's.

    One statement, so that two processes may count in the same moment.
    """
    rows: list[dict[str, Any]] = [
        {"key": key, "now": now, "since": now - pause}
        for key in sorted(astuple(counted) if exists else (counted.network,))
    ]
    db.connection().execute(_COUNT[db.get_bind().dialect.name], rows)


def forgive(db: Session, counted: Counted) -> None:
    """After a right password this network starts afresh with this login."""
    db.execute(delete(LoginFailures).where(LoginFailures.key == counted.pair))


def purge_login_failures(*, database: Database, settings: Settings, clock: Clock, **_: object) -> str:
    """Drop counts that no longer matter; a job, see ``jobs.schedule``."""
    older_than = clock() - timedelta(seconds=settings.login_pause_s)
    dropped = delete_in_pieces(database, LoginFailures.key, LoginFailures.last_at < older_than)
    return f"Counts of wrong passwords dropped: {dropped}." if dropped else ""


def _count(insert: Any) -> Insert:
    fresh = LoginFailures.last_at > bindparam("since", type_=LoginFailures.last_at.type)
    moment = bindparam("now", type_=LoginFailures.last_at.type)
    counting: Insert = (
        insert(LoginFailures)
        .values(key=bindparam("key"), count=1, last_at=moment)
        .on_conflict_do_update(
            index_elements=["key"],
            set_={"count": case((fresh, LoginFailures.count + 1), else_=1), "last_at": moment},
        )
    )
    return counting


_COUNT = {"sqlite": _count(sqlite.insert), "postgresql": _count(postgresql.insert)}
