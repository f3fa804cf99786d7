"""Notes of a shop are taken from that shop only."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from qbwc_server.channels.shopify.admin.webhooks import is_genuine, says_run_soon

BODY = b'{"id": 820982911946154508}'


def signed(body: bytes, secret: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def test_a_note_that_was_signed_with_the_secret_is_genuine() -> None:
    assert is_genuine(BODY, signed(BODY, "hush"), "hush")
    assert is_genuine(BODY, f" {signed(BODY, 'hush')}\n", "hush")


@pytest.mark.parametrize("signature", ["", None, "x", "é", signed(BODY + b" ", "hush"), signed(BODY, "other")])
def test_any_other_is_not(signature: str | None) -> None:
    assert not is_genuine(BODY, signature, "hush")


def test_nothing_is_genuine_without_a_secret() -> None:
    assert not is_genuine(BODY, signed(BODY, ""), "")


def test_only_what_is_brought_here_makes_a_connection_run() -> None:
    assert says_run_soon("orders/updated")
    assert not says_run_soon("app/uninstalled")
    assert not says_run_soon(None)
