"""Every address of the API is called by a method of the client, or is said here to be no business of programs."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
from flask import Flask

from qbwc_server.api import ROUTES
from qbwc_server.client import Client
from qbwc_server.client.records import Document

OF_PEOPLE = {
    "tokens and passwords": "list_tokens make_token revoke new_password",
    "the set-up of a company": "qwc postpone refuse list_limits",
    "the set-up of connections": "change_one_connection connect connection_records connection_types disconnect_one "
    "test_connection upload_charges",
    "what words stand for, by suggestion and by file": "export_mappings import_mappings suggestions take_sure_ones "
    "undo_taken unset_mapping",
    "rules of a person": "add_one_rule confirm_choice move_one_rule remove_one_rule rules try_rules",
    "open work about names": "add_anew_of use_name_of",
    "bulk actions of others": "bulk undo_bulk",
    "sessions of browsers": "member_sessions sign_member_out",
    "billing": "change_billing_settings mark_invoice_sent mark_invoice_unsent sent_invoices_marked",
}
"""What no method calls, and what it is about."""
WHOLE = ("billing_", "shop_", "start_")  # the pages of billing and of the shop, by API


class Listening(httpx.BaseTransport):
    """Notes what is called, and answers nothing that anybody could use."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.calls.append((request.method, request.url.path))
        return httpx.Response(200, json={})


def called(app: Flask) -> set[str]:
    """The endpoints that methods of the client call."""
    line = Listening()
    urls = app.url_map.bind("localhost")
    with Client("http://localhost", "acme", "t", transport=line, sleep=lambda _: None) as client:
        for name, method in inspect.getmembers(client, inspect.ismethod):
            if not name.startswith("_") and name != "close":
                _call(method)
    return {urls.match(path, method=method)[0] for method, path in line.calls}


def _call(method: Any) -> None:
    needed = [one for one in inspect.signature(method).parameters.values() if one.default is one.empty]
    given = [_value(one) for one in needed if one.kind is one.POSITIONAL_OR_KEYWORD]
    try:
        found = method(*given)
        if isinstance(found, Iterator):
            next(found, None)
    except KeyError:
        pass  # of an answer that says nothing


def _value(one: inspect.Parameter) -> object:
    if one.name == "document" and "Mapping" not in str(one.annotation):
        names = dict.fromkeys(Document.__dataclass_fields__)
        return Document(**{**names, "id": 1, "record": {"revision": 1}})  # type: ignore[arg-type]
    values = {"action": "submit", "set_id": str(uuid4()), "kind": "customer", "documents": [{}]}
    if one.name in values:
        return values[one.name]
    return {} if "Mapping" in str(one.annotation) else 1 if "int" in str(one.annotation) else "x"


def test_every_address_is_called_or_said_to_be_none_of_theirs(app: Flask) -> None:
    named = {f"api.{name}" for names in OF_PEOPLE.values() for name in names.split()}
    whole = {endpoint for endpoint in ROUTES if endpoint.removeprefix("api.").startswith(WHOLE)}
    found = called(app)
    assert found | named | whole == {*ROUTES}
    assert not found & (named | whole)
