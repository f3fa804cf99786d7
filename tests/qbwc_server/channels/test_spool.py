"""Answers too large for memory go into a file, whole or not at all."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Iterator
from io import BytesIO

import pytest

from qbwc_server.channels.http import AnswerUnreadable, Upstream, UpstreamBusy, UpstreamRefused, UpstreamUnreachable
from qbwc_server.channels.spool import Limits, Spool
from tests.channels import upstream_server as wire
from tests.channels.upstream_server import Told, UpstreamServer, standing

BODY = b"0123456789" * 1000
ENOUGH = Limits(len(BODY), 60.0)


@pytest.fixture
def server() -> Iterator[UpstreamServer]:
    with standing(lambda asked: Told(body=BODY)) as server:
        yield server


def downloaded(server: UpstreamServer, *faults: wire.Fault | None, limits: Limits = ENOUGH) -> bytes:
    server.faults.extend(faults)
    with Upstream(private=True) as upstream, upstream.download(f"{server.address}/x", limits, headers={}) as file:
        return file.read()


def test_what_is_written_later_takes_the_place_of_what_was_there() -> None:
    file = BytesIO()
    spool = Spool(file, 100, lambda: None)
    spool.fill([b"longer", b" than"])
    spool.fill([b"ab"])
    assert file.getvalue() == b"ab"


def test_whoever_wants_the_work_to_end_is_heard() -> None:
    def end() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Spool(BytesIO(), 10**9, end).fill([b"x" * 1_000_000] * 5)


@pytest.mark.parametrize("fault", [wire.half, wire.hung_up, wire.status(503), wire.status(429, Retry_After="0")])
def test_what_breaks_off_is_asked_for_again_and_comes_whole(server: UpstreamServer, fault: wire.Fault) -> None:
    assert downloaded(server, fault, fault) == BODY
    assert len(server.asked) == 3


def test_it_comes_unpacked(server: UpstreamServer) -> None:
    assert downloaded(server, lambda _: Told(200, {"Content-Encoding": "gzip"}, gzip.compress(BODY))) == BODY


def test_a_packed_answer_that_lacks_its_end_is_no_answer(server: UpstreamServer) -> None:
    cut = gzip.compress(BODY)[:-9]
    with pytest.raises(UpstreamUnreachable, match="broke off"):
        downloaded(server, *[lambda _: Told(200, {"Content-Encoding": "gzip"}, cut)] * 9)


def test_it_is_taken_up_to_its_limit(server: UpstreamServer) -> None:
    with pytest.raises(AnswerUnreadable, match="9999"):
        downloaded(server, limits=Limits(len(BODY) - 1, 60.0))


def test_it_is_given_up_at_its_deadline(server: UpstreamServer) -> None:
    with pytest.raises(UpstreamUnreachable):
        downloaded(server, limits=Limits(len(BODY), 0.0))
    assert server.asked == []


def test_a_refusal_is_told_in_the_words_of_upstream(server: UpstreamServer) -> None:
    with pytest.raises(UpstreamRefused, match="no such date"):
        downloaded(server, wire.status(400, "no such date"))


def test_a_quota_that_is_used_up_is_patience_and_no_refusal_of_the_key(server: UpstreamServer) -> None:
    with pytest.raises(UpstreamBusy) as busy:
        downloaded(server, wire.status(403, "Out of call volume quota.", Retry_After="7200"))
    assert busy.value.patience_s == 7200


def test_memory_does_not_grow_with_the_answer() -> None:
    packed = gzip.compress(b"\0" * 60_000_000)
    with standing(lambda asked: Told(200, {"Content-Encoding": "gzip"}, packed)) as server:
        tracemalloc.start()
        with Upstream(private=True) as upstream:
            limits = Limits(60_000_000, 60.0)
            with upstream.download(f"{server.address}/x", limits, headers={}) as file:
                file.seek(0, 2)
                assert file.tell() == 60_000_000
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 8_000_000


def test_a_form_is_asked_again(server: UpstreamServer) -> None:
    server.faults.append(wire.half)
    with Upstream(private=True) as upstream:
        assert upstream.ask_form(f"{server.address}/token", {"a": "b c"}).body == BODY
    assert [one.body for one in server.asked] == [b"a=b+c"] * 2


def test_a_secret_that_upstream_gave_is_hidden(server: UpstreamServer) -> None:
    server.faults.append(wire.status(400, "What is hunter2?"))
    with Upstream(private=True) as upstream, pytest.raises(UpstreamRefused) as refused:
        upstream.hide("hunter2")
        upstream.get(server.address)
    assert "hunter2" not in str(refused.value)
