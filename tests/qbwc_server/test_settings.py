"""Settings: environment before file before default, nonsense refused at start, secrets never shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from qbwc_server.settings import BadSettings, Settings, load


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(content: str, name: str = "my.toml") -> str:
    Path(name).write_text(content, encoding="utf-8")
    return name


def test_the_defaults_work_without_any_set_up() -> None:
    settings = load()
    assert settings.database == "sqlite:///qbwc.db"
    assert settings.base_url == "http://localhost:8000"
    assert (settings.body_limit, settings.hcp_limit, settings.response_limit) == (64 * 1024, 1 << 20, 256 << 20)


def test_options_win_over_environment_and_environment_over_file(monkeypatch: pytest.MonkeyPatch) -> None:
    file = written('port = 1\nworkers = 3\nhost = "10.0.0.1"\n')
    monkeypatch.setenv("QBWC_PORT", "2")
    monkeypatch.setenv("QBWC_WORKERS", "4")
    settings = load(file, port=5)
    assert (settings.port, settings.workers, settings.host) == (5, 4, "10.0.0.1")


def test_a_file_of_the_usual_name_is_found_and_a_named_one_must_exist() -> None:
    written("port = 7\n", "qbwc.toml")
    assert load().port == 7
    assert load(written("port = 8\n")).port == 8
    assert load().port == 7  # the file named once is not remembered
    with pytest.raises(BadSettings, match=r"missing\.toml"):
        load("missing.toml")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("database_url", "mysql://u:hunter2@h/d"),
        ("database_url", "postgresql://u:hunter2@h/d"),
        ("database_url", "no url hunter2"),
        ("base_url", "books.example.com"),
        ("oldest_connector", "the newest hunter2"),
        ("base_url", "http://books.example.com"),
        ("base_url", "http://127.0.0.1:8000"),
        ("base_url", "ftp://localhost"),
        ("base_url", "https://"),
        ("port", "65536"),
        ("port", "eighty"),
        ("workers", "0"),
        ("threads", "-1"),
        ("trusted_proxies", "6"),
        ("message_set_requests", "501"),
        ("message_set_bytes", "10"),
        ("message_set_target_s", "0"),
        ("login_failures", "0"),
        ("secrets_keys", "hunter2"),
        ("secrets_keys", ""),
        ("log_level", "LOUD"),
        ("log_format", "xml"),
    ],
)
def test_nonsense_is_refused_by_its_name_and_never_repeated(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"QBWC_{name.upper()}", value)
    with pytest.raises(BadSettings) as refusal:
        load()
    assert f"{name}: " in str(refusal.value)
    assert "hunter2" not in str(refusal.value)
    assert "QBWC_" in refusal.value.advice


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(BadSettings) as refusal:
        load(port="x", workers=0, colour="red")
    assert all(f"{name}: " in str(refusal.value) for name in ("port", "workers", "colour"))


def test_a_misspelt_setting_in_the_file_is_a_mistake() -> None:
    with pytest.raises(BadSettings, match="prot"):
        load(written("prot = 8000\n"))


@pytest.mark.parametrize("content", ["port = ", "\x00", "port"])
def test_a_file_that_is_no_toml_is_refused_in_words(content: str) -> None:
    with pytest.raises(BadSettings, match=r"my\.toml cannot be read"):
        load(written(content))
    Path("my.toml").write_bytes(b'host = "\xff"')
    with pytest.raises(BadSettings, match=r"my\.toml cannot be read"):
        load("my.toml")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://books.example.com/", "https://books.example.com"),
        ("https://books.example.com:8443/qb/", "https://books.example.com:8443/qb"),
        ("http://localhost:8000", "http://localhost:8000"),
    ],
)
def test_the_public_address_has_no_slash_at_its_end(given: str, kept: str) -> None:
    assert load(base_url=given).base_url == kept


def test_settings_are_shown_without_secrets() -> None:
    settings = load(database_url="postgresql+psycopg://u:hunter2@h/d", metrics_token="hunter3")
    masked = settings.masked()
    assert set(masked) == set(Settings.model_fields)
    assert masked["database_url"] == "postgresql+psycopg://u:***@h/d"
    assert masked["metrics_token"] == "***"
    for shown in (str(masked), str(settings), repr(settings)):
        assert "hunter" not in shown
    assert load().masked()["metrics_token"] is None


def test_settings_do_not_change_while_the_server_runs() -> None:
    settings: Any = load()
    with pytest.raises(ValidationError):
        settings.port = 1


def test_every_setting_is_described() -> None:
    undescribed = [name for name, field in Settings.model_fields.items() if not field.description]
    assert undescribed == []


@pytest.mark.parametrize(
    ("given", "doubtful"),
    [
        ({"base_url": "https://books.example.com"}, True),
        ({"base_url": "https://books.example.com", "host": "::1"}, True),
        ({"base_url": "https://books.example.com", "host": "localhost"}, True),
        ({"base_url": "https://books.example.com", "trusted_proxies": 1}, False),
        ({"base_url": "https://books.example.com", "host": "0.0.0.0"}, False),
        ({}, False),
    ],
)
def test_a_proxy_that_nobody_named_is_a_doubt(given: dict[str, Any], doubtful: bool) -> None:
    doubts = load(**given).doubts()
    assert [("trusted_proxies" in doubt) for doubt in doubts] == [True] * doubtful
