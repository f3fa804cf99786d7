"""Tokens, keys and headers: what ends is renewed in time, what is refused is said once."""

from __future__ import annotations

import pytest

from qbwc_server.channels.http import AnswerUnreadable, SignInRefused, Upstream, UpstreamBusy, UpstreamRefused
from qbwc_server.channels.sherweb.api import Api, Scope
from tests.channels import upstream_server as wire
from tests.channels.upstream_server import Told
from tests.qbwc_server.channels.sherweb.conftest import Asking

CUSTOMERS = "/customers"


def tokens(asking: Asking) -> int:
    return sum(one.method == "POST" for one in asking.server.asked)


def api(asking: Asking, upstream: Upstream) -> Api:
    return Api(asking.options, upstream, Scope.SERVICE_PROVIDER)


def test_every_call_has_token_gateway_key_and_language(asking: Asking) -> None:
    asking.more["language"] = "fr-CA"
    with asking.upstream() as upstream:
        api(asking, upstream).get(CUSTOMERS)
    token, call = asking.server.asked
    assert token.method == "POST"
    assert b"scope=service-provider" in token.body
    assert call.headers["Authorization"].startswith("Bearer token-service-provider")
    assert (call.headers["Ocp-Apim-Subscription-Key"], call.headers["Accept-Language"]) == (
        "first-gateway-key",
        "fr-CA",
    )


def test_a_token_is_renewed_before_it_ends(asking: Asking) -> None:
    with asking.upstream() as upstream:
        one = api(asking, upstream)
        one.get(CUSTOMERS)
        asking.clock.advance(seconds=3539)
        one.get(CUSTOMERS)
        assert tokens(asking) == 1
        asking.clock.advance(seconds=2)
        one.get(CUSTOMERS)
    assert tokens(asking) == 2


def test_a_token_that_was_taken_back_is_renewed(asking: Asking) -> None:
    with asking.upstream() as upstream:
        one = api(asking, upstream)
        one.get(CUSTOMERS)
        asking.distributor.take_back_tokens()
        one.get(CUSTOMERS)
    assert tokens(asking) == 2


def test_a_token_that_is_refused_again_is_not_asked_for_for_ever(asking: Asking) -> None:
    with asking.upstream() as upstream:
        one = api(asking, upstream)
        asking.server.faults.extend([None, wire.status(401), None, wire.status(401)])
        with pytest.raises(SignInRefused) as refused:
            one.get(CUSTOMERS)
    assert "--secret gateway_key" in refused.value.advice
    assert len(asking.server.asked) == 4


def test_a_gateway_key_that_is_wrong_is_told_in_the_words_of_the_gateway(asking: Asking) -> None:
    options = asking.options
    asking.distributor.gateway_key = "another"
    with asking.upstream() as upstream, pytest.raises(SignInRefused, match="subscription key"):
        Api(options, upstream, Scope.DISTRIBUTOR).get("/billing/payable-charges")


@pytest.mark.parametrize(
    ("scopes", "secret", "word"),
    [({"distributor"}, "first-secret", "invalid_scope"), ({"service-provider"}, "wrong", "invalid_client")],
    ids=["scope", "secret"],
)
def test_no_token_is_said_in_words(asking: Asking, scopes: set[str], secret: str, word: str) -> None:
    asking.distributor.scopes = scopes
    asking.more["client_secret"] = secret
    with asking.upstream() as upstream, pytest.raises(SignInRefused, match=word) as refused:
        api(asking, upstream).get(CUSTOMERS)
    assert "service-provider" in str(refused.value)


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"access_token": 7}', b'{"access_token": ""}'])
def test_an_answer_without_a_token_is_said_to_be_none(asking: Asking, body: bytes) -> None:
    asking.server.faults.append(lambda _: Told(body=body))
    with asking.upstream() as upstream, pytest.raises(AnswerUnreadable, match="token"):
        api(asking, upstream).get(CUSTOMERS)


@pytest.mark.parametrize(
    ("said", "lasts"),
    [(b"600", 600), (b'"x"', 3600), (b"true", 3600), (b"-5", 3600), (b"null", 3600), (b"99999999999", 86_400)],
)
def test_a_token_lasts_an_hour_where_nothing_else_is_said(asking: Asking, said: bytes, lasts: int) -> None:
    asking.server.faults.append(lambda _: Told(body=b'{"access_token": "t", "expires_in": %s}' % said))
    with asking.upstream() as upstream:
        assert api(asking, upstream).token().lasts_s == lasts


def test_a_token_never_stands_in_a_message(asking: Asking) -> None:
    with asking.upstream() as upstream:
        one = api(asking, upstream)
        token = one.token().value
        asking.server.faults.append(wire.status(400, f"What is {token}?"))
        with pytest.raises(UpstreamRefused) as refused:
            one.get(CUSTOMERS)
    assert token not in str(refused.value)


@pytest.mark.parametrize(
    ("fault", "patience"),
    [
        (wire.status(429, Retry_After="3600"), 3600.0),
        (wire.status(429, Retry_After="Mon, 02 Mar 2099 16:00:00 GMT"), None),
        (wire.status(403, '{"statusCode": 403, "message": "Out of call volume quota."}', Retry_After="3600"), 3600.0),
    ],
    ids=["seconds", "date", "quota"],
)
def test_patience_that_the_gateway_asks_for_ends_the_run(
    asking: Asking, fault: wire.Fault, patience: float | None
) -> None:
    asking.server.faults.extend([None, fault])
    with asking.upstream() as upstream, pytest.raises(UpstreamBusy) as busy:
        api(asking, upstream).get(CUSTOMERS)
    assert busy.value.patience_s is not None
    assert busy.value.patience_s == patience or (patience is None and busy.value.patience_s > 10_000)


def test_patience_of_which_no_time_is_said_is_tried_again(asking: Asking) -> None:
    asking.server.faults.extend([wire.status(429), None, wire.status(429)])
    with asking.upstream() as upstream:
        assert api(asking, upstream).get(CUSTOMERS).json() == {"items": []}
    assert len(asking.server.asked) == 4
