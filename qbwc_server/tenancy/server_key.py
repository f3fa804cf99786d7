"""The server's own secret key, kept in its database: what is keyed with it says nothing outside of it."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from qbwc_server.db import Base
from qbwc_server.db.types import Exact

_BYTES = 32


class ServerKey(Base):
    """One key for each use; whoever needs one first makes it."""

    __tablename__ = "server_keys"

    purpose: Mapped[str] = mapped_column(Exact(20), primary_key=True)
    key: Mapped[str] = mapped_column(Exact(2 * _BYTES))  # hexadecimal


def known_key(db: Session | Connection, purpose: str) -> bytes | None:
    """The key, where it was ever made."""
    kept = db.scalar(select(ServerKey.key).where(ServerKey.purpose == purpose))
    return None if kept is None else bytes.fromhex(kept)


def server_key(db: Session, purpose: str) -> bytes:
    """The key, made now if nobody needed it before: all processes get the same one."""
    key = known_key(db, purpose)
    if key is not None:
        return key
    try:
        with db.begin_nested():
            db.execute(insert(ServerKey).values(purpose=purpose, key=secrets.token_hex(_BYTES)))
    except IntegrityError:  # another process was quicker by a moment
        db.expire_all()
    made = known_key(db, purpose)
    if made is None:
        raise RuntimeError("a key that was just made is not there")
    return made


def keyed(key: bytes, text: str) -> str:
    """HMAC-SHA-256 of ``text``, hexadecimal."""
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
