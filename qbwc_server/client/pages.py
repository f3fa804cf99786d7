"""Records and lists of records, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from qbwc_server.client.calls import Calls


class Pages:
    """What every call by name is made of."""

    _calls: Calls

    def _back(self, path: str, name: str, said: Mapping[str, str | None]) -> Iterator[dict[str, Any]]:
        parameters: dict[str, str | int] = {key: value for key, value in said.items() if value is not None}
        before: int | None = 0
        while before is not None:
            page = self._record(path, {**parameters, "limit": 500, "before": before})
            yield from page[name]
            before = page["next"]

    def _changed(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        found: dict[str, Any] = self._calls.change(method, path, body).json()
        return found

    def _record(self, path: str, parameters: Mapping[str, str | int] | None = None) -> dict[str, Any]:
        found: dict[str, Any] = self._calls.get(path, parameters).json()
        return found

    def _all(self, path: str, name: str, said: Mapping[str, str | None]) -> Iterator[dict[str, Any]]:
        parameters: dict[str, str | int] = {key: value for key, value in said.items() if value is not None}
        after: int | None = 0
        while after is not None:
            page = self._record(path, {**parameters, "limit": 500, "after": after})
            yield from page[name]
            after = page["next"]
