"""Advice on pages names what is pressed there; only what whoever runs the server does stays a command."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest
from flask import Flask

import qbwc_server
from qbwc_server.errors import QbwcError
from qbwc_server.portal.pressing import pressed

OF_THE_SERVER = {"secrets", "settings", "user", "db", "documents", "status", "mail"}


def every_error(kind: type[QbwcError] = QbwcError) -> set[type[QbwcError]]:
    return {kind} | {each for one in kind.__subclasses__() for each in every_error(one)}


@pytest.mark.parametrize(
    ("advice", "words"),
    [
        (
            "See what it would bill: qbwc-server billing preview",
            "See what it would bill: Billing, “Preview and status”",
        ),
        (
            "Say mode and day: qbwc-server billing settings COMPANY mode=pre_bill day=1 first_day=2026-12-01",
            "Say mode and day: Billing, “How it bills”",
        ),
        (
            "Give it: qbwc-server connection set COMPANY CONNECTION --secret client_secret --secret gateway_key.",
            "Give it: Connections, the connection, then “Change”.",
        ),
        ("It waits; qbwc-server connection show tells.", "It waits; Connections, the connection, “Runs” tells."),
        (
            "End: qbwc-server company revoke acme --made-by a@b.example; qbwc-server company password acme. Then.",
            "End: API tokens, “Revoke”; Set-up, “Make a new password”. Then.",
        ),
        ("Ask for it: qbwc-server user password EMAIL", "Ask for it: qbwc-server user password EMAIL"),
        (None, ""),
    ],
    ids=["alone", "values", "options", "within a sentence", "two", "of the server", "nothing"],
)
def test_a_command_becomes_a_place(app: Flask, advice: str | None, words: str) -> None:
    with app.test_request_context("/portal/"):
        assert pressed(advice) == words


def test_no_error_that_a_page_can_show_names_a_command_there(app: Flask) -> None:
    for module in pkgutil.walk_packages(qbwc_server.__path__, "qbwc_server."):
        if ".migrations." not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    with app.test_request_context("/portal/"):
        left = {
            found[1]: kind.__name__
            for kind in every_error()
            for found in re.finditer(r"qbwc-server ([a-z-]+)", pressed(kind.advice))
        }
    assert left.keys() <= OF_THE_SERVER, left


def test_the_page_of_billing_says_what_to_press(app: Flask) -> None:
    with app.test_request_context("/portal/"):
        shown = app.jinja_env.from_string("{{ words|pressed }}").render(words="See: qbwc-server billing preview")
    assert shown == "See: Billing, “Preview and status”"
