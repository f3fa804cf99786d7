"""docs/api.md: every example of it is run as it stands there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask

import qbwc_server.client
from qbwc_server.client.client import Client
from qbwc_server.db import Database
from qbwc_server.settings import Settings, load
from qbwc_server.tenancy.companies import add_company, find_company
from qbwc_server.tenancy.permissions import Scope
from qbwc_server.tenancy.tokens import add_token
from tests.conftest import TurnableClock

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "api.md").read_text(encoding="utf-8")
SERVER = "http://localhost"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The secret of a webhook is sealed with a key of its own file."""
    return load(database_url=database_url, secrets_file=tmp_path / "keys")


@pytest.fixture
def token(app: Flask, clock: TurnableClock) -> str:
    database: Database = app.extensions["database"]
    with database.transaction() as db:
        company = add_company(db, code="acme", name="Acme", time_zone="America/New_York", now=clock())
        return add_token(db, company, label="docs", now=clock())[1]


def curl(words: list[str], transport: httpx.BaseTransport) -> httpx.Response:
    """What curl would send for these words of a command line; only what the page uses."""
    assert words.pop(0) == "curl"
    method, url, headers, body = "GET", "", {}, None
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = words.pop(0)
        else:
            assert not word.startswith("-"), word
            url = word
    with httpx.Client(transport=transport) as client:
        return client.request(method, url, headers=headers, content=body)


def test_there_are_examples() -> None:
    assert len(blocks("bash")) >= 5
    assert len(blocks("python")) >= 4


@pytest.fixture
def books_token(app: Flask, token: str, clock: TurnableClock) -> str:
    database: Database = app.extensions["database"]
    with database.transaction() as db:
        scopes = [Scope.ASK, Scope.BOOKS]
        return add_token(db, find_company(db, "acme"), label="books", scopes=scopes, now=clock())[1]


def test_the_examples_for_curl_are_answered(app: Flask, token: str, books_token: str) -> None:
    transport = httpx.WSGITransport(app=app)
    statuses = []
    for block in blocks("bash"):
        command = block.replace("$SERVER", SERVER).replace("$TOKEN", token).replace("$BOOKS_TOKEN", books_token)
        answer = curl(shlex.split(command.replace("\\\n", " ")), transport)
        assert answer.is_success, (block, answer.text)
        assert answer.headers["Content-Type"] == "application/json"
        statuses.append(answer.status_code)
    assert statuses == [201, 200, 200, 202, 202, 200, 201]


def test_the_examples_in_python_run(
    app: Flask, token: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    transport = httpx.WSGITransport(app=app)

    class OnThisApplication(Client):
        def __init__(self, *words: Any, **names: Any) -> None:
            super().__init__(*words, transport=transport, **names)

    monkeypatch.setattr(qbwc_server.client, "Client", OnThisApplication)
    for block in blocks("python"):
        exec(compile(block, "docs/api.md", "exec"), {"server": SERVER, "token": token})
    printed = capsys.readouterr().out
    assert printed.startswith("submitted\ninvalid_document not_sent\n")
    assert "customer" in printed
