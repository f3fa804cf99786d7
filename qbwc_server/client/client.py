"""The calls by their names."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx

from qbwc_server.client.calls import Calls
from qbwc_server.client.managing import Managing
from qbwc_server.client.records import Asked, Created, Document

_LONGEST_WAIT = 25  # seconds for which the server keeps a call open
_WAITING = "waiting"
_MOST = 1_000  # documents that the server takes in one call


class Client(Managing):
    """Speaks for one company.

    Args:
        address: of the server, such as ``https://books.example.com``.
        company: its code.
        token: an API token of it.
        timeout: seconds without a word after which an answer counts as lost.
        attempts: how often a call is made whose answer is lost, or that the server wants to be made later.
        transport: of httpx, such as one for tests.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        address: str,
        company: str,
        token: str,
        *,
        timeout: float = 60.0,
        attempts: int = 5,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._http = httpx.Client(base_url=address, headers=headers, timeout=timeout, transport=transport)
        self._calls = Calls(self._http, f"/api/v1/companies/{company}", attempts=attempts, sleep=sleep)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def company(self) -> dict[str, Any]:
        """The company: login, company file, options, what stands in the way."""
        return self._record("")

    def status(self) -> dict[str, Any]:
        """What waits, why, and what to do."""
        return self._record("/status")

    def create_document(
        self, document: Mapping[str, Any], *, review: bool = False, revise: bool = False, key: str | None = None
    ) -> Document:
        """Hand in a document and submit it; the same origin with the same content is the same document.

        Args:
            review: keep it for a person instead.
            revise: another content of a known origin is its next revision.
            key: an idempotency key, to hand it in again after a restart of your program.
        """
        parameters = {"review": int(review), "revise": int(revise)}
        return _document(self._calls.change("POST", "/documents", dict(document), parameters=parameters, key=key))

    def create_documents(
        self,
        documents: Iterable[Mapping[str, Any]],
        *,
        review: bool = False,
        revise: bool = False,
        key: str | None = None,
    ) -> Iterator[Created]:
        """Hand in any number of documents, a thousand in each call, in their order; one that is refused is told so.

        Args:
            key: the beginning of an idempotency key for each call, to hand them in again after a restart of your
                program; the documents and their order must be the same then.
        """
        parameters = {"review": int(review), "revise": int(revise)}
        rest, beginning, place = iter(documents), key or str(uuid4()), 0
        while some := list(islice(rest, _MOST)):
            lines = "".join(json.dumps(dict(one), ensure_ascii=False) + "\n" for one in some)
            of_call = f"{beginning}-{place}"
            answer = self._calls.change("POST", "/documents/many", lines.encode(), parameters=parameters, key=of_call)
            yield from (Created.of(json.loads(line)) for line in answer.text.split("\n") if line)
            place += len(some)

    def document(self, document_id: int) -> Document:
        """One document; its ``record`` holds content, history and proof."""
        return _document(self._calls.get(f"/documents/{document_id}"))

    def documents(
        self,
        *,
        state: str | None = None,
        kind: str | None = None,
        origin: str | None = None,
        number: str | None = None,
    ) -> Iterator[Document]:
        """Documents in the order in which they came, all of them, page by page."""
        said = {"state": state, "kind": kind, "origin": origin, "number": number}
        return map(Document.of, self._all("/documents", "documents", said))

    def act(self, action: str, document: Document | int, *, match: bool = False) -> Document:
        """Do one thing with a document: submit, exclude, restore, void, keep or re-date.

        Args:
            match: only if it still is as this ``Document`` says.
        """
        document_id, tag = (document, None) if isinstance(document, int) else (document.id, document.tag)
        path = f"/documents/{document_id}/{action}"
        return _document(self._calls.change("POST", path, tag=tag if match else None))

    def edit(self, document: Document, content: Mapping[str, Any]) -> Document:
        """Give a document another content than its source did, if it still is of this revision."""
        said = {"document": dict(content), "revision": document.record["revision"]}
        return _document(self._calls.change("PUT", f"/documents/{document.id}", said))

    def decide(
        self, document_id: int, *, posted_as: str | None = None, not_posted: bool = False, confirmed: bool = False
    ) -> Document:
        """Say what became of a document where the evidence does not decide."""
        said = {"posted_as": posted_as, "not_posted": not_posted, "confirmed": confirmed}
        return _document(self._calls.change("POST", f"/documents/{document_id}/decide", said))

    def open_work(self, work: str | None = None) -> Iterator[dict[str, Any]]:
        """What a person has to see to."""
        return self._all("/open-work", "open_work", {"work": work})

    def ask(
        self,
        request: Mapping[str, Any] | str,
        *,
        soon: bool = False,
        after: Asked | int | None = None,
        expires_in_s: int | None = None,
        key: str | None = None,
    ) -> Asked:
        """Send QuickBooks a request in its next update session; what changes the books needs the scope books.

        Args:
            request: ``{"CustomerQueryRq": {...}}``, or a text of qbXML.
            soon: before documents, instead of behind them.
            after: the request that has to be done before.
        """
        said = {
            "qbxml" if isinstance(request, str) else "request": request,
            "when": "soon" if soon else "last",
            "after": after.id if isinstance(after, Asked) else after,
            "expires_in_s": expires_in_s,
        }
        return Asked.of(self._calls.change("POST", "/requests", said, key=key).json())

    def asked(self, asked_id: int, *, wait: float = 0) -> Asked:
        """How far a question is.

        Args:
            wait: seconds for which it is waited until it is settled.
        """
        until = time.monotonic() + wait
        while True:
            left = min(_LONGEST_WAIT, max(0, int(until - time.monotonic())))
            found = Asked.of(self._record(f"/requests/{asked_id}", {"wait": left}))
            if found.state != _WAITING or not left:
                return found

    def requests(self, state: str | None = None) -> Iterator[Asked]:
        """Every request that was sent, or is to be, in the order in which they came."""
        return map(Asked.of, self._all("/requests", "requests", {"state": state}))

    def try_request(self, request: Mapping[str, Any] | str) -> dict[str, Any]:
        """Check a request; what would be sent, and whether it changes the books."""
        said = {"qbxml" if isinstance(request, str) else "request": request}
        return self._changed("POST", "/requests/try", said)

    def cancel_request(self, asked_id: int) -> Asked:
        """Take a request back that has not left."""
        return Asked.of(self._changed("DELETE", f"/requests/{asked_id}"))

    def decide_request(self, asked_id: int, decision: str) -> Asked:
        """Say what became of a change that is ``unknown``, after looking in QuickBooks: done, again or over."""
        return Asked.of(self._changed("POST", f"/requests/{asked_id}/decide", {"decision": decision}))

    def answer(self, asked: Asked | int) -> Iterator[dict[str, Any]]:
        """All objects of an answer, page by page; ``type`` says of what class each is."""
        path, page = f"/requests/{asked if isinstance(asked, int) else asked.id}", 1
        while page:
            record = self._record(path, {"page": page})
            yield from record["answer"]
            page = record["next"] or 0

    def webhooks(self) -> list[dict[str, Any]]:
        """The programs that are told of events."""
        found: list[dict[str, Any]] = self._record("/webhooks")["webhooks"]
        return found

    def add_webhook(self, url: str, events: Iterable[str] = ()) -> dict[str, Any]:
        """Have a program told at ``url``; its ``secret`` is shown this once.

        Args:
            events: such as ``document.posted``; left out, all of them.
        """
        said = {"url": url, "events": " ".join(events) or None}
        found: dict[str, Any] = self._calls.ask_once("POST", "/webhooks", said).json()
        return found

    def remove_webhook(self, webhook_id: int) -> None:
        """It is told nothing more."""
        self._calls.change("DELETE", f"/webhooks/{webhook_id}")

    def deliveries(self, webhook_id: int, state: str | None = None) -> Iterator[dict[str, Any]]:
        """What it was told and is to be told, the newest first; of one state: waiting, delivered or dead."""
        return self._back(f"/webhooks/{webhook_id}/deliveries", "deliveries", {"state": state})

    def send_again(self, webhook_id: int, delivery_id: int) -> None:
        """Have it told once more."""
        self._calls.change("POST", f"/webhooks/{webhook_id}/deliveries/{delivery_id}/again")

    def updates(self) -> Iterator[dict[str, Any]]:
        """Update sessions, the newest first."""
        return self._back("/updates", "updates", {})


def _document(answer: httpx.Response) -> Document:
    return Document.of(answer.json(), answer.headers.get("ETag"))
