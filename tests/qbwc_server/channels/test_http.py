"""Calls upstream: patience, limits, and upstream's own words without secrets."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from qbwc_server.channels import http
from qbwc_server.channels.http import (
    Answer,
    AnswerUnreadable,
    SignInRefused,
    Upstream,
    UpstreamBusy,
    UpstreamError,
    UpstreamRefused,
    UpstreamUnreachable,
    how_long,
    patience,
)
from tests.channels import upstream_server as wire
from tests.channels.upstream_server import Told, UpstreamServer, standing
from tests.conftest import TurnableClock

SECRET = "hunter2/+hunter2"


@pytest.fixture
def server() -> Iterator[UpstreamServer]:
    with standing(lambda asked: Told(body=b'{"amount": 12.50}')) as server:
        yield server


def told(server: UpstreamServer, *faults: wire.Fault | None, **more: object) -> str:
    server.faults.extend(faults)
    with Upstream(private=True, secrets=[SECRET, ""]) as upstream:
        return upstream.get(f"{server.address}/x?key=hunter2", **more).text()  # type: ignore[arg-type]


@pytest.mark.parametrize("fault", [wire.status(429), wire.status(500), wire.status(502), wire.half, wire.hung_up])
def test_it_is_tried_again(server: UpstreamServer, fault: wire.Fault) -> None:
    assert told(server, fault, fault) == '{"amount": 12.50}'
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (wire.status(429), UpstreamBusy),
        (wire.status(503), UpstreamBusy),
        (wire.half, UpstreamUnreachable),
        (wire.hung_up, UpstreamUnreachable),
    ],
)
def test_after_several_attempts_it_is_left_to_the_next_run(
    server: UpstreamServer, fault: wire.Fault, error: type[UpstreamError]
) -> None:
    with pytest.raises(error) as refusal:
        told(server, *[fault] * 9)
    assert len(server.asked) == 3  # as many as tests allow
    assert "127.0.0.1" in str(refusal.value)


@pytest.mark.parametrize(
    ("number", "error"), [(401, SignInRefused), (403, SignInRefused), (404, UpstreamRefused), (400, UpstreamRefused)]
)
def test_what_will_not_change_is_asked_once(server: UpstreamServer, number: int, error: type[UpstreamError]) -> None:
    with pytest.raises(error, match=str(number)):
        told(server, wire.status(number))
    assert len(server.asked) == 1


def test_what_may_have_acted_is_not_sent_again(server: UpstreamServer) -> None:
    server.faults.append(wire.half)
    with Upstream(private=True) as upstream, pytest.raises(UpstreamError):
        upstream.post(f"{server.address}/x", json={"a": 1})
    assert len(server.asked) == 1


@pytest.mark.parametrize("fault", [wire.status(429), wire.half, wire.hung_up], ids=["429", "half", "hung up"])
def test_a_question_is_asked_again_and_its_answer_looked_at(server: UpstreamServer, fault: wire.Fault) -> None:
    """Also where the answer itself says: later."""
    seen: list[str] = []

    def look(answer: Answer) -> None:
        seen.append(answer.text())
        if len(seen) == 1:
            raise UpstreamBusy("later")

    server.faults.append(fault)
    with Upstream(private=True) as upstream:
        assert upstream.ask(f"{server.address}/x", json={"a": 1}, look=look).json() == {"amount": Decimal("12.50")}
    assert [(one.method, one.body) for one in server.asked] == [("POST", b'{"a":1}')] * 3
    assert len(seen) == 2


def test_a_pause_ends_early_where_the_work_is_told_to_end() -> None:
    slept: list[float] = []

    def before_each() -> None:
        if len(slept) == 2:
            raise KeyboardInterrupt

    with Upstream(private=True, before_each=before_each, sleep=slept.append) as upstream:
        upstream.pause(1.5)
        assert slept == [1.0, 0.5]
        with pytest.raises(KeyboardInterrupt):
            upstream.pause(60.0)


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        ('{"error": {"code": 7, "message": "Shop is closed"}}', "application/json", "Shop is closed"),
        ('{"errors": [{"detail": "No such shop"}]}', "application/problem+json", "No such shop"),
        ('{"x": 1}', "application/json", '{"x": 1}'),
        ("<html><style>p {}</style><h1>Out of\norder</h1></html>", "text/html", "Out of order"),
        ("\x1b[31mred\x07", "text/plain", "[31mred"),
        ("x" * 9999, "text/plain", "x" * 299 + "…"),
    ],
)
def test_upstream_speaks_in_its_own_words(server: UpstreamServer, body: str, kind: str, words: str) -> None:
    with pytest.raises(UpstreamRefused) as refusal:
        told(server, wire.status(400, body, Content_Type=kind))
    assert str(refusal.value) == f"127.0.0.1 refuses the request (400): {words}"


def test_secrets_are_blotted_out_however_they_are_written(server: UpstreamServer) -> None:
    body = f"{SECRET} hunter2%2F%2Bhunter2 hunter2/%2Bhunter2 aHVudGVyMi8raHVudGVyMg=="
    with pytest.raises(UpstreamRefused) as refusal:
        told(server, wire.status(400, body))
    assert "hunter2" not in str(refusal.value)
    assert "aHVudGVyMi8raHVudGVyMg" not in str(refusal.value)


def test_nothing_of_an_address_but_its_host_is_told(server: UpstreamServer) -> None:
    with pytest.raises(UpstreamUnreachable) as refusal:
        told(server, *[wire.hung_up] * 9)
    assert "hunter2" not in str(refusal.value)
    assert "/x" not in str(refusal.value)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        ("0", 0.0),
        ("-3", 0.0),
        ("1e400", None),
        ("1e300", 10.0**9),
        ("99999999999999999999", 10.0**9),
        ("nan", None),
        ("soon", None),
        ("Mon, 02 Mar 2026 15:01:40 GMT", 100.0),
        ("Mon, 02 Mar 2026 14:00:00 GMT", 0.0),
        ("Mon, 99 Mar 9999999999 14:00:00 GMT", None),
    ],
)
def test_both_forms_of_retry_after_are_read(header: str | None, seconds: float | None, clock: TurnableClock) -> None:
    assert patience(header, clock) == seconds


def test_a_short_pause_is_kept_within_the_run_and_a_long_one_is_not() -> None:
    assert how_long(UpstreamBusy("", 7.0)) == 7.0
    assert how_long(UpstreamBusy("", 31.0)) is False
    assert how_long(UpstreamBusy("")) is True
    assert how_long(SignInRefused()) is False
    assert how_long(KeyError()) is False


def test_an_answer_is_taken_up_to_its_limit(server: UpstreamServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_ANSWER_BYTES", 1000)
    packed = gzip.compress(b"x" * 100_000)
    for body, more in ((b"x" * 1001, {}), (packed, {"Content-Encoding": "gzip"})):
        with pytest.raises(AnswerUnreadable, match="1000"):
            told(server, lambda _, body=body, more=more: Told(200, more, body))  # type: ignore[misc]


@pytest.mark.parametrize("body", [b"\xff", b"{", b'{"a": 1, "a": 2}', b'{"a": NaN}', b"[" * 99])
def test_what_is_no_json_is_said_to_be_none(server: UpstreamServer, body: bytes) -> None:
    server.faults.append(lambda _: Told(body=body))
    with Upstream(private=True) as upstream, pytest.raises(AnswerUnreadable):
        upstream.get(server.address).json()


def test_a_body_that_is_packed_wrongly_is_told(server: UpstreamServer) -> None:
    with pytest.raises(AnswerUnreadable, match="packed"):
        told(server, lambda _: Told(200, {"Content-Encoding": "gzip"}, b"no gzip"))


def test_a_key_that_no_header_can_hold_is_told(server: UpstreamServer) -> None:
    with pytest.raises(UpstreamError) as refusal:
        told(server, headers={"Authorization": "Bearer schlüssel茶"})
    assert "茶" not in str(refusal.value)
    with pytest.raises(UpstreamError):
        told(server, headers={"Authorization": "Bearer a\r\nX-Other: b"})
    assert server.asked == []


@pytest.mark.parametrize(("behind", "lag"), [(3600, 3600), (-3600, 0), (90_000, 0)])
def test_how_far_the_clock_upstream_is_behind_is_seen(
    server: UpstreamServer, monkeypatch: pytest.MonkeyPatch, behind: int, lag: int
) -> None:
    there = datetime.now(UTC)
    with Upstream(private=True, clock=lambda: there + timedelta(seconds=behind)) as upstream:
        upstream.get(server.address)
        assert abs(upstream.lag.total_seconds() - lag) < 60


def test_another_address_of_the_host_is_tried(server: UpstreamServer) -> None:
    """Many hosts have an IPv6 address, and many servers no way to it."""
    port = server.address.rpartition(":")[2]
    with Upstream(private=True, resolve=lambda *_: ["::1", "127.0.0.1"]) as upstream:
        upstream.get(f"http://shop.example.com:{port}/")
    assert len(server.asked) == 1
