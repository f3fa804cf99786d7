"""Secrets: passwords of Web Connectors, tickets and tokens, made and checked."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy.orm import Session

from qbwc_server.tenancy.server_key import keyed, server_key

# OWASP's smallest recommended parameters: 19 MiB, 2 passes; about 20 ms. For what people choose, and what older
# versions hashed so: passwords that are made here have 99 bits, and nobody can go through those
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
LONGEST_PASSWORD = 200
PASSWORDS = "passwords"  # what that key is for
_KEYED = "hmac-sha256"  # $KEY$DIGEST: which key it was made with, so that another one is noticed
_NOBODY = f"{_KEYED}${'0' * 8}${'0' * 64}"
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that a person could misread when typing it into QBWC


def new_password() -> str:
    """A password to be typed once into the Web Connector: five groups of four, about 99 bits."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(5))


def password_key(db: Session) -> bytes:
    """The key of ``keyed_hash``."""
    return server_key(db, PASSWORDS)


def keyed_hash(password: str, key: bytes) -> str:
    """What is stored instead of a password that was made here."""
    return f"{_KEYED}${_name_of(key)}${keyed(key, password)}"


def slow_hash(password: str) -> str:
    """What is stored instead of a password that a person chose: argon2id, some 20 ms for each guess."""
    return _HASHER.hash(password.encode("utf-8", "surrogatepass"))


def is_keyed(stored: str | None, key: bytes | None) -> bool:
    """Whether this hash costs next to nothing to check, and was made with this very key."""
    return stored is not None and key is not None and stored.startswith(f"{_KEYED}${_name_of(key)}$")


def is_slow(stored: str | None) -> bool:
    """Whether checking costs some 20 ms: what a person chose, or an older version hashed."""
    return stored is not None and stored.startswith("$argon2")


def password_matches(stored: str | None, password: str, key: bytes | None) -> bool:
    """Whether ``password`` belongs to ``stored``; takes as long for nobody (``None``) as for somebody."""
    if len(password) > LONGEST_PASSWORD:
        return False
    if is_slow(stored):
        try:
            return _HASHER.verify(str(stored), password.encode("utf-8", "surrogatepass"))
        except VerificationError:
            return False
    matches = hmac.compare_digest(keyed_hash(password, key or b"").encode(), (stored or _NOBODY).encode())
    return matches and stored is not None and key is not None


def _name_of(key: bytes) -> str:
    return hashlib.sha256(b"name\0" + key).hexdigest()[:8]


def new_secret() -> str:
    """Random text for tickets and tokens, 256 bits."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is stored of a ticket or token. It is random, so a fast hash is enough."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
