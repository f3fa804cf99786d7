"""The application as browsers, monitors and strangers meet it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from sqlalchemy import text

from qbwc_server.app import create_app
from qbwc_server.db import Database, schema
from qbwc_server.db.unusable import SchemaOutdated
from qbwc_server.settings import Settings, load
from tests.conftest import TurnableClock

MakeApp = Callable[..., Flask]


@pytest.fixture
def make_app(sqlite_url: str, clock: TurnableClock) -> Iterator[MakeApp]:
    """Make an application with other settings."""
    made: list[Flask] = []

    def make(**overrides: Any) -> Flask:
        made.append(create_app(load(database_url=sqlite_url, **overrides), clock=clock))
        return made[-1]

    yield make
    for app in made:
        app.extensions["database"].engine.dispose()


def test_an_old_schema_is_refused_with_the_command_to_run(tmp_path: Path) -> None:
    with pytest.raises(SchemaOutdated) as refusal:
        create_app(load(database_url=f"sqlite:///{tmp_path}/empty.db"))
    assert "qbwc-server db upgrade" in refusal.value.advice


def test_the_pages_answer_in_plain_html(app: Flask) -> None:
    for path in ("/", "/support"):  # the second is in every .qwc file
        answer = app.test_client().get(path)
        assert answer.status_code == 200
        assert answer.mimetype == "text/html"
        assert "http://localhost:8000" in answer.text
        assert "<script" not in answer.text


def test_the_public_address_is_escaped(make_app: MakeApp) -> None:
    app = make_app(base_url='https://a.example/"><img src=x>')
    assert "<img" not in app.test_client().get("/").text


def test_every_answer_carries_the_protecting_headers(make_app: MakeApp) -> None:
    client = make_app(base_url="https://books.example.com").test_client()
    for path in ("/", "/nothing", "/healthz", "/qbwc", "/api/v1/companies/a/status"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["X-Frame-Options"] == "DENY", path
        assert "default-src 'none'" in headers["Content-Security-Policy"], path
        assert headers["Strict-Transport-Security"] == "max-age=31536000", path


def test_without_https_browsers_are_not_told_to_insist_on_it(app: Flask) -> None:
    assert "Strict-Transport-Security" not in app.test_client().get("/").headers


def test_healthz_says_whether_the_database_answers_with_the_right_schema(app: Flask, settings: Settings) -> None:
    client = app.test_client()
    assert (client.get("/healthz").status_code, client.get("/healthz").text) == (200, "ok\n")
    database = Database(settings.database)
    with database.transaction() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert client.get("/healthz").status_code == 503
    with database.transaction() as db:
        db.execute(text("DROP TABLE alembic_version"))
    assert (client.get("/healthz").status_code, client.get("/healthz").text) == (503, "unavailable\n")
    database.engine.dispose()


def test_healthz_survives_the_loss_of_the_database(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    def gone(_: object) -> str:
        raise OperationalError("select 1", {}, Exception("server closed the connection: password=hunter2"))

    monkeypatch.setattr(schema, "current", gone)
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.text) == (503, "unavailable\n")


def test_the_connector_is_answered_where_the_settings_say(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/qbwc").status_code == 200
    assert b'location="http://localhost:8000/qbwc"' in client.get("/qbwc?wsdl").data


def test_a_web_connector_call_reaches_the_operations(app: Flask) -> None:
    envelope = (
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        '<authenticate xmlns="http://developer.intuit.com/"><strUserName>nobody</strUserName>'
        "<strPassword>wrong</strPassword></authenticate></soap:Body></soap:Envelope>"
    )
    answer = app.test_client().post("/qbwc", data=envelope, content_type="text/xml")
    assert answer.status_code == 200
    assert "<string>nvu</string>" in answer.text


def test_errors_outside_the_api_are_short_texts(app: Flask) -> None:
    client = app.test_client()
    missing = client.get("/nothing/<script>")
    assert (missing.status_code, missing.text, missing.mimetype) == (404, "Not Found\n", "text/plain")
    refused = client.post("/healthz")
    assert refused.status_code == 405
    assert "GET" in refused.headers["Allow"]


def test_a_mistake_of_ours_shows_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(_: object) -> str:
        raise RuntimeError("the secret is hunter2")

    monkeypatch.setattr(schema, "current", break_down)
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    assert "Traceback" not in answer.text


def test_metrics_are_for_this_machine_when_there_is_no_token(app: Flask) -> None:
    client = app.test_client()
    client.get("/")
    here = client.get("/metrics", environ_base={"REMOTE_ADDR": "127.0.0.1"})
    assert here.status_code == 200
    assert 'qbwc_http_requests_total{endpoint="pages.welcome",method="GET",status="200"}' in here.text
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "::1"}).status_code == 200
    for stranger in ("10.0.0.7", "203.0.113.5", "", "nonsense"):
        assert client.get("/metrics", environ_base={"REMOTE_ADDR": stranger}).status_code == 403, stranger


def test_a_proxy_on_this_machine_does_not_open_metrics_to_the_world(make_app: MakeApp) -> None:
    for proxies in (0, 1):
        client = make_app(trusted_proxies=proxies).test_client()
        for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
            answer = client.get("/metrics", headers={header: "127.0.0.1"})
            assert answer.status_code == 403, (proxies, header)
    behind = make_app(trusted_proxies=1).test_client()
    spoofed = {"X-Forwarded-For": "127.0.0.1"}
    assert behind.get("/metrics", headers=spoofed, environ_base={"REMOTE_ADDR": "203.0.113.5"}).status_code == 403


def test_with_a_token_metrics_are_for_who_has_it(make_app: MakeApp) -> None:
    client = make_app(metrics_token="s3cret-token").test_client()
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 403
    far = {"REMOTE_ADDR": "203.0.113.5"}
    assert (
        client.get("/metrics", headers={"Authorization": "Bearer s3cret-tök\u00e9n"}, environ_base=far).status_code
        == 403
    )
    given = {"Authorization": "Bearer s3cret-token"}
    assert client.get("/metrics", headers=given, environ_base=far).status_code == 200


def test_the_address_of_the_caller_comes_from_trusted_proxies_only(make_app: MakeApp) -> None:
    seen: list[str | None] = []
    for proxies in (0, 1):
        app = make_app(trusted_proxies=proxies)
        app.before_request(lambda: seen.append(request.remote_addr))
        app.test_client().get("/", headers={"X-Forwarded-For": "198.51.100.9, 203.0.113.5"})
    assert seen == ["127.0.0.1", "203.0.113.5"]


def test_methods_nobody_knows_do_not_fill_the_metrics(app: Flask) -> None:
    client = app.test_client()
    client.open("/", method="BREW1")
    client.open("/", method="BREW2")
    page = client.get("/metrics").text
    assert "BREW" not in page
    assert 'method="other"' in page


def test_connector_calls_are_counted(app: Flask) -> None:
    envelope = (
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        '<serverVersion xmlns="http://developer.intuit.com/"/></soap:Body></soap:Envelope>'
    )
    client = app.test_client()

    def calls() -> float:
        lines = client.get("/metrics").text.splitlines()
        name = 'qbwc_connector_calls_total{operation="server_version"} '
        return sum(float(line.removeprefix(name)) for line in lines if line.startswith(name))

    before = calls()
    client.post("/qbwc", data=envelope, content_type="text/xml")
    assert calls() == before + 1
