"""One call: made again where it is worth it, always under the same idempotency key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import httpx

from qbwc_server.client.problem import NoAnswer, Problem

_AGAIN = frozenset((429, 502, 503, 504))
_LONGEST_PAUSE = 60.0  # seconds


class Calls:
    """Calls to one company of one server.

    Args:
        attempts: how often a call is made whose answer does not come, or that is to be made again later.
        sleep: waits so many seconds.
    """

    def __init__(self, http: httpx.Client, before: str, *, attempts: int, sleep: Callable[[float], None]) -> None:
        self._http, self._before = http, before
        self._attempts, self._sleep = attempts, sleep

    def get(self, path: str, parameters: Mapping[str, str | int] | None = None) -> httpx.Response:
        """Look at something."""
        return self._call("GET", path, parameters, None, {}, None)

    def change(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        parameters: Mapping[str, str | int] | None = None,
        key: str | None = None,
        tag: str | None = None,
        media: str = "application/x-ndjson",
    ) -> httpx.Response:
        """Change something, once.

        Args:
            body: for JSON; bytes are sent as they are.
            media: the type of bytes.
            key: the idempotency key; None: one of its own.
            tag: the ETag of what it is done to.
        """
        key = key or str(uuid4())
        headers = {"Idempotency-Key": key, **({} if tag is None else {"If-Match": tag})}
        if isinstance(body, bytes):
            headers["Content-Type"] = media
        return self._call(method, path, parameters, body, headers, key)

    def ask_once(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Change something whose answer shows a secret: it takes no key, and is not asked for again by itself.

        Raises:
            NoAnswer: look whether it was done, before you ask again.
        """
        try:
            content: Any = {} if body is None else {"json": body}
            return _unless_refused(self._http.request(method, self._before + path, **content))
        except httpx.TransportError as error:
            raise NoAnswer(f"The server gave no answer: {type(error).__name__}.", "") from error

    def _call(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, str | int] | None,
        body: object,
        headers: Mapping[str, str],
        key: str | None,
    ) -> httpx.Response:
        content: Any = {} if body is None else {"json": body}
        if isinstance(body, bytes):
            content = {"content": body}
        lost = ""
        for attempt in range(self._attempts):
            try:
                answer = self._http.request(
                    method, self._before + path, params=dict(parameters or {}), headers=dict(headers), **content
                )
            except httpx.TransportError as error:
                lost = f"The server gave no answer: {type(error).__name__}."
                self._pause(attempt, None)
                continue
            if answer.status_code not in _AGAIN or attempt == self._attempts - 1:
                return _unless_refused(answer)
            lost = f"The server answered {answer.status_code}."
            self._pause(attempt, answer.headers.get("Retry-After"))
        raise NoAnswer(lost, key)

    def _pause(self, attempt: int, said: str | None) -> None:
        if attempt < self._attempts - 1:
            seconds = float(said) if said is not None and said.isdigit() else 0.5 * 2**attempt
            self._sleep(min(seconds, _LONGEST_PAUSE))


def _unless_refused(answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    try:
        record = answer.json()
    except ValueError:
        record = {}
    raise Problem(answer.status_code, record if isinstance(record, dict) else {})
