"""Secrets that have to be read again, such as keys of a shop: sealed with a key that does not stand in the database."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cryptography.fernet import InvalidToken
from pydantic import SecretStr
from sqlalchemy import Dialect, Text, TypeDecorator

from qbwc_server.errors import Invalid
from qbwc_server.settings import Settings
from qbwc_server.tenancy.sealing_keys import SealingKeys, SealingTrouble, known_keys, sealing_keys

_SEALED = re.compile("(?P<key>[0-9a-f]{8}):")
LONGEST_SECRET = 10_000  # characters: a private key with its certificates fits


class SealingKeyLost(SealingTrouble):
    """A secret was sealed with a key that is not here."""

    code = "sealing_key_lost"
    advice = (
        "Put the file with the keys back from its copy, or set secrets_keys as on the other machines. If the key is "
        "gone for good, enter the secret again; see: qbwc-server secrets show"
    )


class SealBroken(SealingTrouble):
    """A sealed secret is not what was sealed: it was changed in the database."""

    code = "seal_broken"
    advice = "Enter the secret again."


class SecretUnusable(Invalid):
    """This cannot be a secret."""

    code = "secret_unusable"
    advice = f"A secret has 1 to {LONGEST_SECRET:,} characters."


@dataclass(frozen=True, slots=True)
class Sealed:
    """A secret as it is stored. Whoever shows one shows which key sealed it and nothing else."""

    text: str = field(repr=False)

    @property
    def key_name(self) -> str:
        """Which key sealed it; ``unknown`` where the text says none, and may be anything."""
        said = _SEALED.match(self.text)
        return said["key"] if said else "unknown"

    def __repr__(self) -> str:
        return f"Sealed(key {self.key_name})"

    __str__ = __repr__


def seal(settings: Settings, secret: SecretStr | str) -> Sealed:
    """``secret`` so that it may be stored: whoever has the database alone cannot read it.

    Raises:
        SecretUnusable: it is empty, too long, or no text; never quoted.
        SealingKeyUnusable, SealingKeyExposed: there is no key to seal with.
    """
    text = secret.get_secret_value() if isinstance(secret, SecretStr) else secret
    _refuse_what_is_no_secret(text)
    return seal_with(sealing_keys(settings), SecretStr(text))


def _refuse_what_is_no_secret(text: str) -> None:
    if not 0 < len(text) <= LONGEST_SECRET:
        raise SecretUnusable
    try:
        text.encode()
    except UnicodeEncodeError:
        raise SecretUnusable("A secret cannot hold half a character.") from None


def seal_with(keys: SealingKeys, secret: SecretStr) -> Sealed:
    """The same with keys at hand, for one that was sealed before."""
    return Sealed(f"{keys.newest.name}:{keys.fernet().encrypt(secret.get_secret_value().encode()).decode()}")


def unseal(settings: Settings, sealed: Sealed) -> SecretStr:
    """What was sealed, wrapped so that it is not shown by accident: ``get_secret_value()`` just where it is sent.

    Raises:
        SealingKeyLost: its key is not here.
        SealBroken: it was changed since it was sealed.
        SealingKeyUnusable, SealingKeyExposed: the keys cannot be read.
    """
    return unseal_with(known_keys(settings), sealed)


def unseal_with(keys: SealingKeys | None, sealed: Sealed) -> SecretStr:
    """The same with keys at hand."""
    name = sealed.key_name
    if keys is None or name not in keys.names:
        raise SealingKeyLost(f"A secret was sealed with the key {name}, which is not here.")
    try:
        return SecretStr(keys.fernet().decrypt(sealed.text[len(name) + 1 :].encode("utf-8", "replace")).decode())
    except InvalidToken:
        raise SealBroken from None


class SealedColumn(TypeDecorator[Sealed]):
    """A sealed secret in a table. Rotation finds every column of this type by itself."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sealed | None, dialect: Dialect) -> str | None:
        if value is not None and not isinstance(value, Sealed):
            raise TypeError("a secret has to be sealed before it is stored")
        return None if value is None else value.text

    def process_result_value(self, value: str | None, dialect: Dialect) -> Sealed | None:
        return None if value is None else Sealed(value)
