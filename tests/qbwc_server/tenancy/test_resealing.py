"""Keys are changed while the server runs, break off anywhere, and lose no secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import select, update

from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.db import Database
from qbwc_server.settings import Settings, load
from qbwc_server.tenancy import resealing, sealing
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.audit import audit_of
from qbwc_server.tenancy.resealing import prepare_keys, rotate, standing, trouble_with_keys
from qbwc_server.tenancy.sealing import Sealed, SealingKeyLost, seal, unseal
from qbwc_server.tenancy.sealing_keys import (
    SealingKey,
    SealingKeyExposed,
    SealingKeys,
    key_file,
    known_keys,
    sealing_keys,
)
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant

ANN = Actor(ActorKind.COMMAND_LINE, "ann")
KEYS = [Fernet.generate_key().decode() for _ in range(2)]


def connection(company_id: int, account: str, sealed: Sealed | None, now: datetime) -> Connection:
    return Connection(
        company_id=company_id, channel="feed", account=account, title=account, options={}, sealed=sealed,
        state=next(iter(ConnectionState)), every_minutes=5, submits=False, created_at=now, changed_at=now,
    )  # fmt: skip


@dataclass
class Vault:
    """Connections with secrets, and where the keys are."""

    database: Database
    settings: Settings
    clock: TurnableClock

    def __post_init__(self) -> None:
        with self.database.transaction() as db:
            self.company_id = tenant(db, self.clock()).id

    @property
    def file(self) -> Path:
        file = key_file(self.settings)
        assert file is not None
        return file

    def keep(self, *secrets: str | None) -> None:
        """Each as a connection of its own."""
        with self.database.transaction() as db:
            for secret in secrets:
                sealed = None if secret is None else seal(self.settings, secret)
                account = str(len(db.scalars(select(Connection.id)).all()))
                db.add(connection(self.company_id, account, sealed, self.clock()))
                db.flush()

    def opened(self) -> list[str | None]:
        """What can be read."""
        return [None if each is None else unseal(self.settings, each).get_secret_value() for each in self.sealed()]

    def sealed(self) -> list[Sealed | None]:
        with self.database.reading() as db:
            return list(db.scalars(select(Connection.sealed).order_by(Connection.id)))

    def rotate(self) -> resealing.Rotation:
        return rotate(self.database, self.settings, by=ANN, now=self.clock())


@pytest.fixture
def vault(database: Database, database_url: str, tmp_path: Path, clock: TurnableClock) -> Vault:
    return Vault(database, load(database_url=database_url, secrets_file=str(tmp_path / "vault.keys")), clock)


def test_every_secret_is_sealed_anew_and_the_old_key_stays_for_one_more_turn(vault: Vault) -> None:
    vault.keep("one", None, "two")
    first = sealing_keys(vault.settings).newest.name
    done = vault.rotate()
    assert (done.resealed, done.unreadable, done.unused) == (2, 0, ())
    assert vault.opened() == ["one", None, "two"]
    assert {each.key_name for each in vault.sealed() if each} == {done.key}
    assert sealing_keys(vault.settings).names == (done.key, first)
    again = vault.rotate()
    assert (again.resealed, again.unused) == (2, (first,))
    assert sealing_keys(vault.settings).names == (again.key, done.key)
    assert vault.opened() == ["one", None, "two"]
    with vault.database.reading() as db:
        rows = audit_of(db)
    assert [(row.action.value, row.after) for row in rows[:2]] == [
        ("secrets_rotated", {"newest": again.key, "resealed": 2, "unreadable": 0}),
        ("secrets_rotated", {"newest": done.key, "resealed": 2, "unreadable": 0}),
    ]


def test_what_a_process_sealed_with_the_key_of_a_moment_ago_is_not_lost(vault: Vault) -> None:
    vault.keep("one")
    late = seal(vault.settings, "late")  # sealed before, committed after the keys were changed
    vault.rotate()
    with vault.database.transaction() as db:
        db.add(connection(vault.company_id, "late", late, vault.clock()))
    assert vault.opened() == ["one", "late"]
    vault.rotate()
    assert vault.opened() == ["one", "late"]
    assert len({each.key_name for each in vault.sealed() if each}) == 1


def test_a_secret_that_is_entered_meanwhile_is_not_overwritten(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    vault.keep("old")
    unseal_with = sealing.unseal_with
    entered = seal(vault.settings, "entered meanwhile")
    with vault.database.transaction() as db:

        def then_entered(keys: SealingKeys | None, sealed: Sealed) -> SecretStr:
            opened = unseal_with(keys, sealed)
            db.execute(update(Connection).values(sealed=entered))
            return opened

        monkeypatch.setattr(resealing, "unseal_with", then_entered)
        assert resealing._reseal(db, SealingKeys((SealingKey.made(), *sealing_keys(vault.settings).keys))) == (0, 0)
    assert vault.opened() == ["entered meanwhile"]


@pytest.mark.parametrize("step", ["_reseal", "note_audit", "_drop_unused"])
def test_it_may_break_off_anywhere_and_be_done_again(vault: Vault, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    vault.keep("one", "two")

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(resealing, step, killed)
    with pytest.raises(KeyboardInterrupt):
        vault.rotate()
    monkeypatch.undo()
    assert vault.opened() == ["one", "two"]
    vault.keep("three")
    vault.rotate()
    vault.rotate()
    assert vault.opened() == ["one", "two", "three"]
    assert len(sealing_keys(vault.settings).keys) == 2


def test_keys_of_the_setting_are_turned_by_whoever_sets_them(vault: Vault) -> None:
    vault.settings = vault.settings.model_copy(update={"secrets_keys": SecretStr(KEYS[1])})
    vault.keep("one")
    vault.settings = vault.settings.model_copy(update={"secrets_keys": SecretStr(",".join(KEYS))})
    old = sealing_keys(vault.settings).names[1]
    done = vault.rotate()
    assert (done.resealed, done.unused) == (1, (old,))
    vault.settings = vault.settings.model_copy(update={"secrets_keys": SecretStr(KEYS[0])})
    assert vault.opened() == ["one"]


def test_what_cannot_be_read_stays_and_is_counted(vault: Vault) -> None:
    vault.keep("lost")
    vault.file.unlink()
    vault.keep("mine", "broken")
    broken = vault.sealed()[2]
    assert broken is not None
    with vault.database.transaction() as db:
        db.execute(update(Connection).where(Connection.account == "2").values(sealed=Sealed(broken.text[:-8])))
    lost = vault.sealed()[0]
    done = vault.rotate()
    assert (done.resealed, done.unreadable) == (1, 2)
    assert vault.sealed()[0] == lost
    assert broken.key_name in sealing_keys(vault.settings).names  # it still seals something
    with vault.database.reading() as db:
        found = standing(db, vault.settings)
    assert lost is not None
    assert (found.here[done.key], found.lost) == (1, {lost.key_name: 1})


def test_without_the_file_nothing_is_turned_and_no_other_key_is_made(vault: Vault) -> None:
    vault.keep("one")
    kept = vault.file.read_bytes()
    vault.file.unlink()
    with pytest.raises(SealingKeyLost):
        vault.rotate()
    trouble = prepare_keys(vault.database, vault.settings)
    assert isinstance(trouble, SealingKeyLost)
    assert "1 of the sealed secrets" in str(trouble)
    assert not vault.file.exists()
    vault.file.write_bytes(kept)
    vault.file.chmod(0o600)
    assert prepare_keys(vault.database, vault.settings) is None
    assert vault.opened() == ["one"]


def test_the_first_start_makes_the_key(vault: Vault) -> None:
    assert trouble_with_keys(vault.database, vault.settings) is None
    assert known_keys(vault.settings) is None
    assert prepare_keys(vault.database, vault.settings) is None
    made = known_keys(vault.settings)
    assert made is not None
    assert prepare_keys(vault.database, vault.settings) is None
    assert known_keys(vault.settings) == made


def test_trouble_with_the_file_is_told(vault: Vault) -> None:
    vault.keep("one")
    vault.file.chmod(0o644)
    for look in (prepare_keys, trouble_with_keys):
        assert isinstance(look(vault.database, vault.settings), SealingKeyExposed)
