"""Secrets of connections: sealed with keys that do not stand in the database, told apart, never shown."""

from __future__ import annotations

import io
import json
import logging
import pickle
import threading
import traceback
from pathlib import Path

import pytest
import structlog
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select
from sqlalchemy.exc import StatementError

from qbwc_server.errors import QbwcError
from qbwc_server.observe import logs
from qbwc_server.settings import Settings, load
from qbwc_server.tenancy.sealing import (
    LONGEST_SECRET,
    SealBroken,
    Sealed,
    SealedColumn,
    SealingKeyLost,
    SecretUnusable,
    seal,
    unseal,
)
from qbwc_server.tenancy.sealing_keys import (
    SealingKey,
    SealingKeyExposed,
    SealingKeyUnusable,
    key_file,
    known_keys,
    replace_keys,
    sealing_keys,
)

SECRET = "shpat_hunter2-hunter2"
KEYS = [Fernet.generate_key().decode() for _ in range(3)]


@pytest.fixture
def mine(tmp_path: Path) -> Settings:
    """Settings without keys, on a SQLite file that need not be there."""
    return load(database_url=f"sqlite:///{tmp_path}/books.db")


def having(*keys: str) -> Settings:
    return load(secrets_keys=",".join(keys))


def test_what_is_sealed_comes_back_and_stands_nowhere(mine: Settings) -> None:
    sealed = seal(mine, SECRET)
    assert unseal(mine, sealed).get_secret_value() == SECRET
    assert SECRET not in sealed.text
    assert seal(mine, SECRET) != sealed  # nobody sees that two secrets are the same
    assert unseal(mine, seal(mine, SecretStr(SECRET))).get_secret_value() == SECRET


@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_every_text_comes_back(text: str) -> None:
    assert unseal(having(KEYS[0]), seal(having(KEYS[0]), text)).get_secret_value() == text


@pytest.mark.parametrize("text", ["", "x" * (LONGEST_SECRET + 1), "hunter2\ud800"])
def test_what_can_be_no_secret_is_refused_and_not_quoted(mine: Settings, text: str) -> None:
    with pytest.raises(SecretUnusable) as refused:
        seal(mine, text)
    assert "hunter2" not in "".join(traceback.format_exception(refused.value))


def test_the_longest_secret_fits(mine: Settings) -> None:
    longest = "\N{GRINNING FACE}" * LONGEST_SECRET
    assert unseal(mine, seal(mine, longest)).get_secret_value() == longest


def test_the_first_key_is_made_beside_the_database_for_its_owner_only(mine: Settings, tmp_path: Path) -> None:
    assert known_keys(mine) is None
    made = sealing_keys(mine)
    file = key_file(mine)
    assert file == tmp_path / "books.keys"
    assert file.stat().st_mode & 0o777 == 0o600
    assert sealing_keys(mine) == made == known_keys(mine)
    assert [path.name for path in tmp_path.iterdir()] == ["books.keys"]


def test_the_file_may_be_named_and_stands_in_the_folder_of_the_server_otherwise(tmp_path: Path) -> None:
    postgres = "postgresql+psycopg://u:p@localhost/x"
    assert key_file(load(database_url=postgres)) == Path.cwd() / "qbwc.keys"
    named = load(database_url=postgres, secrets_file=str(tmp_path / "other"))
    sealing_keys(named)
    assert (tmp_path / "other").is_file()
    assert key_file(having(KEYS[0])) is None


def test_processes_that_start_together_share_one_key(mine: Settings) -> None:
    barrier = threading.Barrier(8)
    found: list[tuple[str, ...]] = []

    def start() -> None:
        barrier.wait()
        found.append(sealing_keys(mine).names)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_a_file_that_others_may_read_is_refused(mine: Settings) -> None:
    sealed = seal(mine, SECRET)
    file = key_file(mine)
    assert file is not None
    for mode in (0o640, 0o604, 0o660, 0o601):
        file.chmod(mode)
        with pytest.raises(SealingKeyExposed, match=r"books\.keys"):
            unseal(mine, sealed)
        with pytest.raises(SealingKeyExposed):
            seal(mine, SECRET)
    file.chmod(0o600)
    assert unseal(mine, sealed).get_secret_value() == SECRET


@pytest.mark.parametrize(
    "content",
    [b"", b"# nothing\n", b"hunter2\n", KEYS[0].encode() + b"\nhunter2", b"\xff\xfe"],
    ids=["empty", "a remark", "no key", "a key and a word", "no text"],  # keys are new in each process
)
def test_a_file_that_holds_no_key_is_named_and_not_quoted(mine: Settings, content: bytes) -> None:
    file = key_file(mine)
    assert file is not None
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(SealingKeyUnusable) as refused:
        seal(mine, SECRET)
    assert "books.keys" in str(refused.value)
    said = "".join(traceback.format_exception(refused.value))
    assert "hunter2" not in said
    assert KEYS[0] not in said
    assert file.read_bytes() == content  # and not written over: it may be a key with a slip


def test_where_no_file_can_be_made_the_reason_is_said(tmp_path: Path) -> None:
    nowhere = load(secrets_file=str(tmp_path / "missing" / "qbwc.keys"))
    with pytest.raises(SealingKeyUnusable, match="No such file"):
        seal(nowhere, SECRET)


def test_a_lost_key_is_told_with_what_to_do(mine: Settings) -> None:
    sealed = seal(mine, SECRET)
    file = key_file(mine)
    assert file is not None
    file.unlink()
    with pytest.raises(SealingKeyLost) as lost:
        unseal(mine, sealed)
    assert lost.value.code == "sealing_key_lost"
    assert sealed.key_name in str(lost.value)
    assert "copy" in lost.value.advice
    assert not file.exists()  # another key would not help
    with pytest.raises(SealingKeyLost):
        unseal(having(KEYS[0]), sealed)


def test_what_was_changed_in_the_database_is_noticed() -> None:
    settings = having(KEYS[0])
    text = seal(settings, SECRET).text
    for other in (text[:-4], text[:60] + ("A" if text[60] != "A" else "B") + text[61:], text[:9]):
        with pytest.raises(SealBroken):
            unseal(settings, Sealed(other))
    for other in ("", SECRET, text[1:]):
        with pytest.raises(SealingKeyLost):
            unseal(settings, Sealed(other))


def test_older_keys_unseal_and_the_newest_seals() -> None:
    old = seal(having(KEYS[1]), SECRET)
    both = having(KEYS[0], KEYS[1])
    assert unseal(both, old).get_secret_value() == SECRET
    assert seal(both, SECRET).key_name == SealingKey(KEYS[0].encode()).name


def test_another_key_in_the_file_counts_at_once(mine: Settings) -> None:
    old = seal(mine, SECRET)
    file, before = key_file(mine), sealing_keys(mine)
    assert file is not None
    another = SealingKey.made()
    replace_keys(file, [another, *before.keys])
    assert file.stat().st_mode & 0o777 == 0o600
    assert seal(mine, SECRET).key_name == another.name
    assert unseal(mine, old).get_secret_value() == SECRET


def test_only_what_is_sealed_gets_into_a_table() -> None:
    engine = create_engine("sqlite://")
    table = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("key", SealedColumn()))
    table.create(engine)
    sealed = seal(having(KEYS[0]), SECRET)
    with engine.begin() as connection:
        connection.execute(insert(table), [{"key": sealed}, {"key": None}])
        assert connection.execute(select(table.c.key).order_by(table.c.id)).scalars().all() == [sealed, None]
        with pytest.raises(StatementError, match="sealed before it is stored"):
            connection.execute(insert(table), {"key": "plain"})


@pytest.mark.usefixtures("_logging_as_before")
@pytest.mark.parametrize("style", ["json", "text"])
def test_nothing_that_shows_things_shows_a_secret_or_a_key(mine: Settings, style: str) -> None:
    """The attack: print, format, log, raise and encode all that there is in one's hands."""
    sealed = seal(mine, SECRET)
    opened = unseal(mine, sealed)
    keys = sealing_keys(mine)
    key_text = keys.newest.text.decode()
    given = having(key_text)
    in_hand: dict[str, object] = {
        "sealed": sealed, "opened": opened, "keys": keys, "key": keys.newest, "settings": given, "all": [sealed, keys],
        "masked": given.masked(), "dump": given.model_dump(), "fernet": keys.fernet(),
    }  # fmt: skip
    stream = io.StringIO()
    logs.configure("DEBUG", style, stream)
    log = structlog.get_logger("attack")
    said: list[str] = []
    for name, value in in_hand.items():
        said += [repr(value), str(value), f"{value}", "%s %r" % (value, value)]  # noqa: UP031
        log.info("shown", **{name: value})
        log.info("shown", harmless=value, inside={"it": value, "list": [value]})
        logging.getLogger("library").warning("shown %s %r", value, {"it": value})
        try:
            said.append(json.dumps(value, default=repr))
            said.append(json.dumps(value))
        except TypeError as error:
            said.append("".join(traceback.format_exception(error)))
        try:
            raise RuntimeError(value)
        except RuntimeError as error:
            log.exception("raised", exc_info=error)
            logging.getLogger("library").exception("raised")
            said.append("".join(traceback.format_exception(error)))
    for settings, what in ((having(KEYS[0]), sealed), (mine, Sealed(sealed.text[:-9])), (given, Sealed(SECRET))):
        try:
            unseal(settings, what)
        except QbwcError as error:
            log.exception("refused", exc_info=error)
            shown = json.dumps(error.as_record())
            said += [shown, str(error.notice), "".join(traceback.format_exception(error))]
    everything = stream.getvalue() + "\n".join(said)
    assert len(everything) > 1000
    assert SECRET not in everything
    assert key_text not in everything
    assert sealed.text not in everything.replace(SECRET, "")


def test_what_is_sealed_may_travel_between_processes(mine: Settings) -> None:
    sealed = seal(mine, SECRET)
    there = pickle.loads(pickle.dumps(sealed))
    assert unseal(mine, there).get_secret_value() == SECRET


def test_a_file_that_cannot_be_read_is_told(mine: Settings) -> None:
    file = key_file(mine)
    assert file is not None
    file.mkdir()
    with pytest.raises(SealingKeyUnusable, match="cannot be read"):
        seal(mine, SECRET)
