"""The second factor of a person: codes of an app that change every half minute (RFC 6238), and recovery codes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from sqlalchemy import ForeignKey, Integer
from sqlalchemy.orm import Mapped, Session, mapped_column

from qbwc_server.db import Base
from qbwc_server.db.types import JsonRecord, Key, UtcDateTime
from qbwc_server.errors import Conflict, QbwcError
from qbwc_server.settings import Settings
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.credentials import digest
from qbwc_server.tenancy.models import User
from qbwc_server.tenancy.sealing import Sealed, SealedColumn, seal, unseal

STEP_S = 30
_DIGITS = 6
_SLACK = 1  # steps that the clock of a phone may be off
_SECRET_BYTES = 20
RECOVERY_CODES = 10
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
MOST_FAILURES = 10
PAUSE = timedelta(minutes=15)


class SecondFactor(Base):
    """What one person has in an app; it counts once a code of it was confirmed."""

    __tablename__ = "second_factors"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[Sealed] = mapped_column(SealedColumn)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_step: Mapped[int] = mapped_column(Key, default=0)  # of the code that was used last: each opens once
    recovery: Mapped[dict[str, list[str]]] = mapped_column(JsonRecord)  # digests of the codes that are left
    failures: Mapped[int] = mapped_column(Integer, default=0)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WrongCode(QbwcError):
    """This code is not the one of this moment."""

    code = "wrong_code"
    advice = "Type the code that the app shows now, or one of the recovery codes. Check the clock of the phone."


class TooManyCodes(QbwcError):
    """Too many wrong codes came lately."""

    code = "too_many_codes"
    advice = "Wait a quarter of an hour, then try again."
    retry_helps = True


class NoSecondFactor(Conflict):
    """There is none to be confirmed."""

    code = "no_second_factor"
    advice = "Begin again."


def code_at(secret: bytes, step: int) -> str:
    """The code of one half minute, counted from 1970."""
    mac = hmac.new(secret, step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}d}"


def step_of(now: datetime) -> int:
    """Which half minute it is."""
    return int(now.timestamp()) // STEP_S


def is_on(db: Session, user_id: int) -> bool:
    """Whether this person needs a code to sign in."""
    row = db.get(SecondFactor, user_id)
    return row is not None and row.confirmed_at is not None


def begin(db: Session, user: User, *, settings: Settings) -> str:
    """A new secret for the app, in base 32; it counts when a code of it was confirmed.

    Raises:
        Conflict: there is one that counts; it has to be taken away first.
    """
    row = db.get(SecondFactor, user.id, with_for_update=True)
    if row is not None and row.confirmed_at is not None:
        raise Conflict("There is a second factor already.", advice="Take it away first.")
    secret = base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    if row is None:
        row = SecondFactor(user_id=user.id, last_step=0, failures=0)
        db.add(row)
    row.secret, row.recovery = seal(settings, secret), {"codes": []}
    row.failures, row.failed_at = 0, None
    db.flush()
    return secret


def begun(db: Session, user_id: int, *, settings: Settings) -> str | None:
    """The secret that waits to be confirmed."""
    row = db.get(SecondFactor, user_id)
    if row is None or row.confirmed_at is not None:
        return None
    return unseal(settings, row.secret).get_secret_value()


def confirm(db: Session, user: User, code: str, *, settings: Settings, by: Actor, now: datetime) -> list[str]:
    """From now on codes are asked for. Returns the recovery codes, which are shown this once.

    Raises:
        NoSecondFactor: nothing was begun.
        WrongCode: it is not the code of this moment.
    """
    row = db.get(SecondFactor, user.id, with_for_update=True)
    if row is None or row.confirmed_at is not None:
        raise NoSecondFactor
    step = _fitting_step(row, code, settings, now)
    if step is None:
        raise WrongCode
    codes = list(_recovery_codes())
    row.confirmed_at, row.last_step, row.recovery = now, step, {"codes": [digest(one) for one in codes]}
    note_audit(db, Audited.SECOND_FACTOR_ON, by=by, now=now, subject=user.email)
    return codes


def take_away(db: Session, user: User, *, by: Actor, now: datetime) -> None:
    """Codes are not asked for any more; without one nothing changes."""
    row = db.get(SecondFactor, user.id, with_for_update=True)
    if row is None:
        return
    if row.confirmed_at is not None:
        note_audit(db, Audited.SECOND_FACTOR_OFF, by=by, now=now, subject=user.email)
    db.delete(row)
    db.flush()


def check(db: Session, user_id: int, code: str, *, settings: Settings, now: datetime) -> bool:
    """Whether ``code`` opens: that of the app, each once, or a recovery code, which is used up. Wrong ones are counted.

    The caller commits also where it does not open.

    Raises:
        TooManyCodes: it was not looked at.
    """
    row = db.get(SecondFactor, user_id, with_for_update=True)
    if row is None or row.confirmed_at is None:
        return False
    if row.failed_at is not None and abs(now - row.failed_at) >= PAUSE:
        row.failures = 0
    if row.failures >= MOST_FAILURES:
        raise TooManyCodes
    step = _fitting_step(row, code, settings, now)
    left, said = row.recovery["codes"], digest(_plain(code))
    if step is None and said not in left:
        row.failures, row.failed_at = row.failures + 1, now
        return False
    if step is not None:
        row.last_step = step
    else:
        row.recovery = {"codes": [one for one in left if one != said]}
    row.failures, row.failed_at = 0, None
    return True


def codes_left(db: Session, user_id: int) -> int:
    """How many recovery codes are left."""
    row = db.get(SecondFactor, user_id)
    return 0 if row is None else len(row.recovery["codes"])


def app_address(secret: str, email: str, issuer: str) -> str:
    """What an app reads from the picture."""
    named = urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(f'{issuer}:{email}', safe='')}?{named}"


def _fitting_step(row: SecondFactor, code: str, settings: Settings, now: datetime) -> int | None:
    said = "".join(code.split())
    if len(said) != _DIGITS or not (said.isascii() and said.isdigit()):
        return None
    secret = base64.b32decode(unseal(settings, row.secret).get_secret_value())
    here = step_of(now)
    for step in range(here - _SLACK, here + _SLACK + 1):
        if hmac.compare_digest(code_at(secret, step), said) and step > row.last_step:
            return step
    return None


def _recovery_codes() -> Iterator[str]:
    for _ in range(RECOVERY_CODES):
        yield "-".join("".join(secrets.choice(_READABLE) for _ in range(5)) for _ in range(2))


def _plain(code: str) -> str:
    return code.strip().lower()
