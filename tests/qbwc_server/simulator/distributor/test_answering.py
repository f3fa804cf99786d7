"""The simulated distributor answers as the description of the real one says."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

import httpx
import jsonschema_rs
import pytest

from qbwc_server.simulator.distributor.answering import TOKEN, Distributor, Reply, Request
from qbwc_server.simulator.distributor.charging import Charging, recorded
from qbwc_server.simulator.distributor.serving import serving
from tests.conftest import TurnableClock
from tests.shared_folder import shared

TODAY = date(2026, 11, 18)
PAYABLE = "/distributor/v1/billing/payable-charges"
CUSTOMERS = "/service-provider/v1/customers"


@pytest.fixture
def distributor(clock: TurnableClock) -> Distributor:
    return Distributor(recorded(TODAY), clock=clock)


def token(distributor: Distributor, scope: str = "distributor", **more: str) -> Reply:
    form = {
        "client_id": distributor.client_id, "client_secret": distributor.client_secret, "scope": scope,
        "grant_type": "client_credentials", **more,
    }  # fmt: skip
    return distributor.answer(Request("POST", TOKEN, {}, {}, urlencode(form).encode()))


def headers(distributor: Distributor, scope: str = "distributor") -> dict[str, str]:
    value = json.loads(token(distributor, scope).body)["access_token"]
    return {"authorization": f"Bearer {value}", "ocp-apim-subscription-key": distributor.gateway_key}


def get(distributor: Distributor, path: str, named: Mapping[str, str], **params: str) -> Reply:
    return distributor.answer(Request("GET", path, params, named))


def described(name: str) -> Any:
    """A schema of the vendor's description, as JSON schema."""
    path = shared("samples", "sherweb", "distributor_openapi_v1.json")
    document = json.loads(path.read_text(encoding="utf-8"))

    def plain(node: Any) -> Any:
        if isinstance(node, list):
            return [plain(one) for one in node]
        if not isinstance(node, dict):
            return node
        found = {key: plain(value) for key, value in node.items() if key not in ("nullable", "format")}
        return {"anyOf": [found, {"type": "null"}]} if node.get("nullable") is True else found

    return jsonschema_rs.validator_for({"$ref": f"#/components/schemas/{name}", **plain(document)})


@pytest.mark.parametrize("day", ["2026-11-01", "2026-11-18", "2026-10-31", "2020-02-29"])
def test_payable_charges_are_as_described(distributor: Distributor, day: str) -> None:
    reply = get(distributor, PAYABLE, headers(distributor), date=day)
    assert reply.status == 200
    answer = json.loads(reply.body)
    described("PayableCharges").validate(answer)
    assert answer["periodFrom"] <= day <= answer["periodTo"]
    assert bool(answer["charges"]) == (day != "2020-02-29")


def test_a_description_refuses_what_is_otherwise() -> None:
    schema = described("PayableCharges")
    for wrong in ({"periodfrom": "2026-11-01"}, {"charges": [{"quantity": "5"}]}, {"charges": [{"chargeType": "x"}]}):
        assert not schema.is_valid(wrong)


def test_a_token_ends(distributor: Distributor, clock: TurnableClock) -> None:
    good = headers(distributor)
    clock.advance(seconds=3599)
    assert get(distributor, PAYABLE, good).status == 200
    clock.advance(seconds=1)
    refused = get(distributor, PAYABLE, good)
    assert (refused.status, refused.headers["Content-Type"]) == (401, "application/problem+json")
    assert get(distributor, CUSTOMERS, headers(distributor)).status == 401  # of the other API
    assert get(distributor, CUSTOMERS, headers(distributor, "service-provider")).status == 200


def test_the_gateway_refuses_in_its_own_words(distributor: Distributor) -> None:
    without = {**headers(distributor), "ocp-apim-subscription-key": "another"}
    refused = get(distributor, PAYABLE, without)
    assert refused.status == 401
    assert set(json.loads(refused.body)) == {"statusCode", "message"}


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"client_secret": "another"}, "invalid_client"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
    ids=["secret", "scope", "grant"],
)
def test_who_is_not_known_has_no_token(distributor: Distributor, changed: dict[str, str], error: str) -> None:
    refused = token(distributor, **changed)
    assert (refused.status, json.loads(refused.body)) == (400, {"error": error})


def test_what_is_wrongly_asked_is_a_problem(distributor: Distributor) -> None:
    assert get(distributor, PAYABLE, headers(distributor), date="March").status == 400
    assert get(distributor, "/distributor/v1/charges", headers(distributor)).status == 404
    assert get(distributor, "/elsewhere", {}).status == 404
    distributor.other_integration = True
    named = headers(distributor, "service-provider")
    (number, *_) = distributor.charging.organisations
    receivable = "/service-provider/v1/billing/receivable-charges"
    assert get(distributor, receivable, named, customerId=number).status == 400
    distributor.other_integration = False
    assert get(distributor, receivable, named, customerId=number).status == 200
    assert get(distributor, receivable, named, customerId="nobody").status == 404


def test_answers_are_packed_where_that_is_taken(distributor: Distributor) -> None:
    distributor.packs, distributor.rename = True, str.upper
    reply = get(distributor, PAYABLE, {**headers(distributor), "accept-encoding": "gzip"})
    assert reply.headers["Content-Encoding"] == "gzip"
    assert "PERIODFROM" in json.loads(gzip.decompress(reply.body))
    assert "Content-Encoding" not in get(distributor, PAYABLE, headers(distributor)).headers


def test_it_stands_as_a_server() -> None:
    charging = Charging()
    charging.add(datetime.now(UTC).date(), "Contoso")
    distributor = Distributor(charging)
    with serving(distributor) as address:
        options = distributor.options(address)
        form = {
            "client_id": distributor.client_id, "client_secret": distributor.client_secret, "scope": "distributor",
            "grant_type": "client_credentials",
        }  # fmt: skip
        given = httpx.post(str(options["token_address"]), data=form).json()["access_token"]
        named = {"Authorization": f"Bearer {given}", "Ocp-Apim-Subscription-Key": distributor.gateway_key}
        answer = httpx.get(f"{options['distributor_address']}/billing/payable-charges", headers=named).json()
    assert [one["tags"][0]["value"] for one in answer["charges"]] == ["Contoso"]
