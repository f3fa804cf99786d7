"""Private addresses are not called, however they are written and whatever their names are."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator

import httpx
import pytest

from qbwc_server.channels.addresses import AddressRefused, CheckedTransport, NameUnknown, check_url, is_public, resolve
from qbwc_server.channels.http import RedirectedElsewhere, Upstream, UpstreamUnreachable

PRIVATE = [
    "127.0.0.1", "127.8.9.10", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::",
    "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
    "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "2002:7f00:1::",
    "2002:a00:1::1", "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:db8::1", "fec0::1",
    "3fff::1", "4000::1", "2001:20::1", "5f00::1",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "93.184.216.34", "172.32.0.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
# ways to write an address of this machine that the system understands as a host
WRITTEN = ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]",
           "localhost", "LOCALHOST", "0", "0.0.0.0", "[::]", "[0:0:0:0:0:ffff:7f00:1]", "[::ffff:7f00:1]"]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_private_or_for_special_use_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_is(address: str) -> None:
    assert is_public(address)


class _Here(http.server.BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.headers["Host"] + self.path)
        if self.path.startswith("/to?"):
            self.send_response(302)
            self.send_header("Location", self.path.partition("?")[2])
        else:
            self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def here() -> Iterator[tuple[int, list[str]]]:
    """A server on this machine: its port, and what it was asked."""
    asked: list[str] = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Here", (_Here,), {"asked": asked}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_port, asked
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("host", WRITTEN)
def test_this_machine_is_not_called_however_it_is_written(here: tuple[int, list[str]], host: str) -> None:
    port, asked = here
    client = httpx.Client(transport=CheckedTransport(private=False), trust_env=False)
    with client, pytest.raises((AddressRefused, httpx.InvalidURL, NameUnknown)):
        client.get(f"https://{host}:{port}/")
    assert asked == []


@pytest.mark.parametrize("address", [*PRIVATE, "1.1.1.1 and 10.0.0.1", "10.0.0.1 and 1.1.1.1"])
def test_a_name_is_refused_when_any_of_its_addresses_is_private(address: str) -> None:
    transport = CheckedTransport(private=False, resolve=lambda host, port: address.split(" and "))
    with httpx.Client(transport=transport) as client, pytest.raises(AddressRefused, match="private network"):
        client.get("https://shop.example.com/")


def test_the_connection_goes_to_the_address_that_was_looked_at(here: tuple[int, list[str]]) -> None:
    """A name that means another address a moment later gains nothing: it is resolved once."""
    port, asked = here
    answers = [["127.0.0.1"], ["192.0.2.66"]]
    with Upstream(private=True, resolve=lambda host, port: answers.pop(0)) as upstream:
        upstream.get(f"http://shop.example.com:{port}/one")
        upstream.get(f"http://shop.example.com:{port}/two")
    assert asked == [f"shop.example.com:{port}/one", f"shop.example.com:{port}/two"]
    assert answers == [["192.0.2.66"]]


@pytest.mark.parametrize(
    "there",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost:1/",
        "https://127.0.0.1/",
        "//10.0.0.1/",
        "http://127.0.0.1.nip.example/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "http://user:pw@127.0.0.1/",
        "",
    ],
)
def test_no_redirect_leads_to_another_host(here: tuple[int, list[str]], there: str) -> None:
    port, asked = here
    with Upstream(private=True) as upstream, pytest.raises((RedirectedElsewhere, UpstreamUnreachable)):
        upstream.get(f"http://127.0.0.1:{port}/to?{there}")
    assert {one.partition("/")[0] for one in asked} == {f"127.0.0.1:{port}"}


def test_a_redirect_on_the_same_host_is_followed(here: tuple[int, list[str]]) -> None:
    port, asked = here
    with Upstream(private=True) as upstream:
        upstream.get(f"http://127.0.0.1:{port}/to?/there")
    assert [one.partition("/")[2] for one in asked] == ["to?/there", "there"]


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example.com/",
        "ftp://shop.example.com/",
        "file:///etc/passwd",
        "shop.example.com",
        "https://",
        "https://user:secret@shop.example.com/",
        "https://shop.example.com:99999/",
        "https://shop.example.com:0/",
        "https://shop.example.com:x/",
        f"https://{'a' * 300}.example.com/",
        "https://shop.example.com/\x01",
    ],
)
def test_an_address_that_cannot_be_right_is_refused_before_anything_is_asked(url: str) -> None:
    with pytest.raises(AddressRefused) as refusal:
        check_url(url, private=False)
    assert "secret" not in str(refusal.value)


def test_plain_http_is_taken_only_where_private_addresses_are() -> None:
    check_url("http://127.0.0.1:8080/feed", private=True)
    check_url("https://shop.example.com:8443/feed", private=False)


def test_a_name_without_an_address_is_unknown() -> None:
    with pytest.raises(NameUnknown):
        resolve("no-such-host.invalid", 443)
    with pytest.raises(NameUnknown):
        resolve("a" * 70 + ".example", 443)


def test_proxies_of_the_environment_are_not_asked(here: tuple[int, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    port, asked = here
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with Upstream(private=True) as upstream:
        upstream.get(f"http://127.0.0.1:{port}/straight")
    assert asked == [f"127.0.0.1:{port}/straight"]
