"""Connections that are given up at a deadline, however slowly what comes over them trickles."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

_KEPT_S = 5.0  # an idle connection


class Deadline:
    """Until when an answer has to be here, from its first byte to its last."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._at = float("inf")

    def begin(self, seconds: float | None = None) -> None:
        """One more request is sent now; ``seconds``: its answer may take that long, and not as long as others."""
        self._at = time.monotonic() + (self._seconds if seconds is None else seconds)

    def left(self, timeout: float | None) -> float:
        """Seconds that one step may take. Raises httpcore.ReadTimeout where none is left."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the answer took too long")
        return left if timeout is None else min(left, timeout)


class PatientTransport(httpx.HTTPTransport):
    """httpx's own transport, whose connections know a deadline; proxies of the environment are not asked."""

    def __init__(self, deadline: Deadline) -> None:
        trusted = httpx.create_ssl_context(trust_env=False)
        super().__init__(verify=trusted, trust_env=False)
        self._pool = httpcore.ConnectionPool(  # httpx has no argument for what makes the connections
            ssl_context=trusted, keepalive_expiry=_KEPT_S, network_backend=_Backend(deadline)
        )


class _Backend(httpcore.NetworkBackend):
    def __init__(self, deadline: Deadline) -> None:
        self._deadline, self._real = deadline, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._real.connect_tcp(host, port, self._deadline.left(timeout), local_address, socket_options)
        return _Stream(stream, self._deadline)


class _Stream(httpcore.NetworkStream):
    def __init__(self, real: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._real, self._deadline = real, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._real.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._real.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._real.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._real.start_tls(ssl_context, server_hostname, self._deadline.left(timeout)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._real.get_extra_info(info)
