"""The keys of sealed secrets: from the settings, or from a file that only its owner may read, newest first."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet

from qbwc_server.db.sqlite_file import database_file
from qbwc_server.errors import Unusable
from qbwc_server.settings import Settings

_HEADER = (
    "# The keys of qbwc-server's sealed secrets, newest first. Without them the secrets cannot be read again.\n"
    "# Keep a copy, apart from the copies of the database.\n"
)
_FILE = "qbwc.keys"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class SealingTrouble(Unusable):
    """Sealed secrets cannot be read or made."""


class SealingKeyUnusable(SealingTrouble):
    """The keys of sealed secrets cannot be used."""

    code = "sealing_key_unusable"
    advice = "Check secrets_keys and secrets_file in the settings, and whose that file is; see: qbwc-server settings"


class SealingKeyExposed(SealingTrouble):
    """Others than the owner may read the file with the keys of sealed secrets."""

    code = "sealing_key_exposed"
    advice = "Take that right from them (chmod 600 FILE), then give the secrets another key: qbwc-server secrets rotate"


@dataclass(frozen=True, slots=True)
class SealingKey:
    """One key; its name says which it is and nothing of what it is."""

    text: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """Eight hexadecimal digits."""
        return hashlib.sha256(b"name\0" + self.text).hexdigest()[:8]

    @classmethod
    def made(cls) -> SealingKey:
        """A new one."""
        return cls(Fernet.generate_key())


@dataclass(frozen=True, slots=True)
class SealingKeys:
    """All keys there are, newest first: the first seals, every one unseals."""

    keys: tuple[SealingKey, ...]

    @property
    def newest(self) -> SealingKey:
        """The one that seals."""
        return self.keys[0]

    @property
    def names(self) -> tuple[str, ...]:
        """Newest first."""
        return tuple(key.name for key in self.keys)

    def fernet(self) -> MultiFernet:
        """What seals and unseals."""
        return MultiFernet([Fernet(key.text) for key in self.keys])


def key_file(settings: Settings) -> Path | None:
    """Where the keys stand; None where the settings hold them.

    Without a setting: beside the file of the database, or in the folder in which the server runs.
    """
    if settings.secrets_keys is not None:
        return None
    if settings.secrets_file is not None:
        return settings.secrets_file.absolute()
    file = database_file(settings.database)
    return Path(_FILE).absolute() if file is None else file.with_suffix(".keys")


def known_keys(settings: Settings) -> SealingKeys | None:
    """The keys, or None where there is no file yet.

    Raises:
        SealingKeyUnusable: what is there is no key, or cannot be read.
        SealingKeyExposed: others may read the file.
    """
    file = key_file(settings)
    if file is None:
        assert settings.secrets_keys is not None
        return read_keys(settings.secrets_keys.get_secret_value().replace(",", "\n"), "The setting secrets_keys")
    try:
        with file.open(encoding="ascii") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            text = opened.read()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        raise SealingKeyUnusable(f"The file {file} with the keys of sealed secrets cannot be read.") from None
    if os.name == "posix" and mode & _OTHERS:
        raise SealingKeyExposed(f"Others than its owner may read {file}, which holds the keys of sealed secrets.")
    return read_keys(text, f"The file {file}")


def sealing_keys(settings: Settings) -> SealingKeys:
    """The keys; the first one is made where there is none. Raises as ``known_keys``, and where none can be made."""
    found = known_keys(settings)
    if found is not None:
        return found
    file = key_file(settings)
    assert file is not None
    try:
        _write_new(file, [SealingKey.made()])
    except OSError as error:
        raise SealingKeyUnusable(f"A file {file} for the keys cannot be made: {error.strerror}.") from None
    made = known_keys(settings)  # not what was just made: another process may have been quicker by a moment
    if made is None:
        raise SealingKeyUnusable(f"The file {file}, made a moment ago, is not there any more.")
    return made


def replace_keys(file: Path, keys: Sequence[SealingKey]) -> None:
    """From now on the file holds these; whoever reads it meanwhile sees the ones before.

    Raises:
        SealingKeyUnusable: it cannot be written.
    """
    try:
        _written_beside(file, keys).replace(file)
        _keep_folder(file.parent)
    except OSError as error:
        raise SealingKeyUnusable(f"The file {file} with the keys cannot be written: {error.strerror}.") from None


def read_keys(text: str, place: str) -> SealingKeys:
    """The keys in ``text``, one a line; ``place`` is named where one is none. Raises SealingKeyUnusable."""
    lines = [line.strip() for line in text.splitlines()]
    keys = tuple(SealingKey(line.encode()) for line in lines if line and not line.startswith("#"))
    if not keys:
        raise SealingKeyUnusable(f"{place} holds no key.")
    for position, key in enumerate(keys, 1):
        try:
            Fernet(key.text)
        except ValueError:
            raise SealingKeyUnusable(f"{place}: key {position} is none.") from None
    return SealingKeys(keys)


def _write_new(file: Path, keys: Sequence[SealingKey]) -> None:
    """Nothing where the file is there meanwhile: all processes get the same one, whole."""
    written = _written_beside(file, keys)
    try:
        os.link(written, file)
        _keep_folder(file.parent)
    except FileExistsError:
        pass
    finally:
        written.unlink()


def _written_beside(file: Path, keys: Sequence[SealingKey]) -> Path:
    number, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # mode 600
    with os.fdopen(number, "w", encoding="ascii") as opened:
        opened.write(_HEADER + "".join(f"{key.text.decode()}\n" for key in keys))
        opened.flush()
        os.fsync(opened.fileno())
    return Path(name)


def _keep_folder(folder: Path) -> None:
    """That the file bears this name survives a power cut, too."""
    if os.name != "posix":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
