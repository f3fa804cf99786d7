"""Which addresses of upstream systems may be called: public ones only, unless the operator allows the others.

The name is resolved once, every address that it has is looked at, and the connection goes to one of those addresses:
what the name means a moment later does not matter.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import ClassVar
from urllib.parse import urlsplit

import httpx

from qbwc_server.channels.deadlines import Deadline, PatientTransport
from qbwc_server.errors import Invalid

Resolve = Callable[[str, int], list[str]]
_NAT64 = (IPv6Network("64:ff9b::/96"),)  # an IPv4 address stands in the last 32 bits
_UNICAST = (IPv6Network("2000::/3"), *_NAT64)  # all of IPv6 that is given out to anybody
# of that, what is for examples, tunnels and registries' own use
_EXAMPLES = tuple(IPv6Network(net) for net in ("2001::/23", "2001:db8::/32", "3fff::/20"))
_LONGEST_HOST = 253


class AddressRefused(Invalid):
    """This address may not be called."""

    code: ClassVar[str] = "address_refused"
    advice = (
        "Correct the address. Where the system does stand in your own network, whoever runs the server can allow it "
        "with the setting private_upstreams."
    )


class NameUnknown(httpx.ConnectError):
    """The name of the host cannot be resolved."""


def resolve(host: str, port: int) -> list[str]:
    """Every address of ``host``, as the system knows them. Raises NameUnknown."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NameUnknown(f"The host {host} is not known.") from error
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def check_url(url: str, *, private: bool) -> None:
    """Whether ``url`` can be called at all; its host is not resolved. Raises AddressRefused.

    Args:
        private: private addresses are allowed, and so is http without TLS.
    """
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        raise AddressRefused("The port of the address is no number.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or len(parts.hostname) > _LONGEST_HOST:
        raise AddressRefused("The address must be one such as https://shop.example.com.")
    if parts.scheme != "https" and not private:
        raise AddressRefused(f"The address of {parts.hostname} must begin with https://.")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("The address holds a user name or password; give them as options of their own.")
    if port == 0:
        raise AddressRefused("The port of the address is no number.")
    if site_of(url) is None:
        raise AddressRefused("The address must be one such as https://shop.example.com.")


def site_of(url: str) -> tuple[str, str, int | None] | None:
    """Where an address leads: scheme, host and port, however they are written; None where nothing can be called so."""
    try:
        found = httpx.URL(url)
    except httpx.InvalidURL:
        return None
    return found.scheme, found.host, found.port


def is_public(address: str) -> bool:
    """Whether anybody in the world may stand there; also what lies inside of an IPv6 address is looked at."""
    found = ip_address(address.partition("%")[0])
    return all(_is_public(one) for one in (found, *_inside(found)))


def _is_public(one: IPv4Address | IPv6Address) -> bool:
    if isinstance(one, IPv6Address) and one.ipv4_mapped is None and not _within(one, _UNICAST):
        return False
    special = one.is_multicast or one.is_reserved or one.is_unspecified or one.is_loopback
    return one.is_global and not special if isinstance(one, IPv4Address) else not _within(one, _EXAMPLES)


def _within(one: IPv6Address, nets: tuple[IPv6Network, ...]) -> bool:
    return any(one in net for net in nets)


def _inside(found: IPv4Address | IPv6Address) -> list[IPv4Address]:
    """The IPv4 addresses that an IPv6 address is a way of writing, or a way to."""
    if isinstance(found, IPv4Address):
        return []
    inside = [one for one in (found.ipv4_mapped, found.sixtofour) if one is not None]
    if found.teredo is not None:
        inside += found.teredo
    if _within(found, _NAT64):
        inside.append(IPv4Address(int(found) & 0xFFFFFFFF))
    return inside


class CheckedTransport(httpx.BaseTransport):
    """Sends requests to addresses that were looked at, each host by connections of its own.

    ``whole_s``: seconds that one answer may take from its beginning to its end; the extension of a request of that name
    says it for this one.
    """

    def __init__(self, *, private: bool, resolve: Resolve = resolve, whole_s: float = 120.0) -> None:
        self._private, self._resolve, self._deadline = private, resolve, Deadline(whole_s)
        self._hosts: dict[tuple[str, int], tuple[list[str], httpx.BaseTransport]] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises AddressRefused, or what httpx raises."""
        check_url(str(request.url), private=self._private)
        host, port = request.url.host, request.url.port or (443 if request.url.scheme == "https" else 80)
        known = self._hosts.get((host, port))
        if known is None:
            known = self._hosts[host, port] = (self._checked(host, port), PatientTransport(self._deadline))
        addresses, transport = known
        self._deadline.begin(request.extensions.get("whole_s"))
        for place, address in enumerate(addresses):
            try:
                response = transport.handle_request(_to(address, host, request))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if place == len(addresses) - 1:
                    raise
                continue
            addresses.insert(0, addresses.pop(place))  # that one first, next time
            return response
        raise NameUnknown(f"The host {host} has no address.")

    def close(self) -> None:
        """End all connections."""
        for _, transport in self._hosts.values():
            transport.close()
        self._hosts.clear()

    def _checked(self, host: str, port: int) -> list[str]:
        """The addresses of the host, all of which are allowed."""
        found = self._resolve(host, port)
        if not found:
            raise NameUnknown(f"The host {host} has no address.")
        if not self._private and not all(is_public(one) for one in found):
            raise AddressRefused(f"The host {host} stands in a private network, or on this machine.")
        return found


def _to(address: str, host: str, request: httpx.Request) -> httpx.Request:
    """The same request, sent to an address; the certificate there has to be that of the name."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )
