"""What is tried live says in words what was found (S4-13, S4-29)."""

from __future__ import annotations

import pytest

from qbwc_server.channels.http import SignInRefused, UpstreamError
from qbwc_server.channels.sherweb.channel import SHERWEB
from tests.channels import upstream_server as wire
from tests.qbwc_server.channels.sherweb.conftest import Asking


def tried(asking: Asking, name: str) -> str:
    (check,) = [one for one in SHERWEB.checks if one.name == name]
    with asking.upstream() as upstream:
        return check.check(asking.options, upstream)


def test_all_is_well(asking: Asking) -> None:
    asking.more["service_provider"] = True
    asking.charging.know("Contoso")
    asking.charging.add(asking.clock().date(), "Contoso")
    assert "60 minutes" in tried(asking, "token")
    assert "1 organisations from 2026-03-01 to 2026-03-31" in tried(asking, "charges")
    assert "1 organisations" in tried(asking, "organisations")
    assert "can be had" in tried(asking, "receivable")


def test_which_key_is_wrong_is_told(asking: Asking) -> None:
    asking.more["gateway_key"] = "wrong"
    assert "good" in tried(asking, "token")
    with pytest.raises(SignInRefused, match="subscription key"):
        tried(asking, "charges")
    asking.more = {"client_secret": "wrong"}
    with pytest.raises(SignInRefused, match="invalid_client"):
        tried(asking, "token")


def test_where_the_service_provider_api_is_not_used_it_is_said(asking: Asking) -> None:
    for name in ("organisations", "receivable"):
        assert "names alone" in tried(asking, name)
    assert asking.server.asked == []


def test_another_integration_is_said_in_words(asking: Asking) -> None:
    """f10: receivable charges are not to be had meanwhile, and nothing here needs them."""
    asking.more["service_provider"] = True
    assert "no organisation yet" in tried(asking, "receivable")
    asking.charging.know("Contoso")
    asking.distributor.other_integration = True
    said = tried(asking, "receivable")
    assert "another billing integration is on" in said
    assert "another integration is enabled" in said  # in the distributor's own words


def test_an_api_that_does_not_answer_is_said(asking: Asking) -> None:
    asking.server.faults.extend([None, wire.status(404, "<h1>Not here</h1>")])
    with pytest.raises(UpstreamError, match="Not here"):
        tried(asking, "charges")
