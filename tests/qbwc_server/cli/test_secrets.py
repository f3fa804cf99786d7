"""``qbwc-server secrets``, and the key that the first start makes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from qbwc_server import serving
from qbwc_server.jobs import runner
from qbwc_server.settings import Settings, load
from qbwc_server.tenancy.sealing_keys import key_file
from tests.qbwc_server.cli.conftest import CommandLine


@pytest.fixture
def file(run: CommandLine) -> Path:
    found = key_file(load(database_url=run.url))
    assert found is not None
    return found


@pytest.mark.parametrize("command", ["serve", "scheduler", "worker"])
def test_the_first_start_makes_a_key_for_its_owner_only(
    run: CommandLine, file: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    found: list[bool] = []

    def start(settings: Settings, **_: object) -> None:
        found.append(file.exists())

    for module, name in ((serving, "serve"), (runner, "run"), (runner, "work")):
        monkeypatch.setattr(module, name, start)
    assert not file.exists()
    result = run(command)
    assert (result.exit_code, found) == (0, [True])
    assert file.stat().st_mode & 0o777 == 0o600
    made = file.read_text(encoding="ascii")
    assert run(command).exit_code == 0
    assert file.read_text(encoding="ascii") == made
    assert made.splitlines()[-1] not in result.output


def test_a_file_that_others_may_read_is_told_and_the_server_starts(
    run: CommandLine, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "serve", lambda *_, **__: None)
    run("serve")
    file.chmod(0o644)
    result = run("serve")
    assert result.exit_code == 0
    assert "sealing_key_exposed" in result.stderr
    assert "Others than its owner" in run("status").stderr
    assert run("secrets", "show").exit_code == 5
    file.chmod(0o600)
    assert "Others" not in run("status").stderr


def test_shown_and_rotated(run: CommandLine, file: Path) -> None:
    assert run.json("secrets", "show") == {"keys_in": str(file), "keys": {}, "lost": {}}
    assert "no key yet" in run("secrets", "show").stdout
    first = run.json("secrets", "rotate")
    assert (first["resealed"], first["unreadable"], first["unused"]) == (0, 0, [])
    second = run("secrets", "rotate")
    assert second.exit_code == 0
    assert f"Copy {file} anew" in second.stderr
    shown = run.json("secrets", "show")
    assert list(shown["keys"].values()) == [0, 0]
    assert first["key"] in shown["keys"]
    for key in file.read_text(encoding="ascii").splitlines()[2:]:
        assert key not in second.output + run("secrets", "show").output + run("secrets", "show", "--json").output
    assert run.json("audit", "list")["audit"][0]["action"] == "secrets_rotated"


def test_a_key_for_the_setting(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [run("secrets", "new-key").stdout.strip() for _ in range(2)]
    assert len(set(made)) == 2
    assert [len(Fernet(key)._signing_key) for key in made] == [16, 16]
    monkeypatch.setitem(os.environ, "QBWC_SECRETS_KEYS", ",".join(made))
    shown = run.json("secrets", "show")
    assert (shown["keys_in"], len(shown["keys"])) == ("the setting secrets_keys", 2)
    rotated = run("secrets", "rotate")
    assert "Nothing needs these keys" in rotated.stderr
    for key in made:
        assert key not in rotated.output + run("settings").output
