"""Everything that this library writes is valid by Intuit's schema, and everything it writes it reads again."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from qbxml import MESSAGES, Aggregate, message_set, read_message, read_message_set, render
from qbxml.envelope import answer_set, subscription_set
from qbxml.messages import TYPED
from tests.qbxml.examples import GOLDEN, example
from tests.qbxml.schema import faults
from tests.qbxml.strategies import messages

REQUESTS = [tag for tag in MESSAGES if tag.endswith("Rq")]
RESPONSES = [tag for tag in MESSAGES if tag.endswith("Rs")]
ORDINARY = [tag for tag in REQUESTS if "Subscription" not in tag]
EXAMPLES = {True: 30, False: 4}  # of a request with a class of its own, and of another


def in_a_set(tag: str, *requests: str) -> str:
    return subscription_set(requests) if "Subscription" in tag else message_set(requests)


def in_answers(tag: str, answer: str) -> str:
    document = answer_set([answer])
    return document.replace("QBXMLMsgsRs", "QBXMLSubscriptionMsgsRs") if "Subscription" in tag else document


@pytest.mark.parametrize("tag", [tag for tag in REQUESTS if tag in TYPED])
def test_a_golden_request_is_valid(tag: str) -> None:
    golden = (GOLDEN / f"{tag}.xml").read_text(encoding="ascii")
    assert faults(message_set([golden])) == []


@pytest.mark.parametrize("tag", RESPONSES)
def test_a_response_with_everything_in_it_is_valid(tag: str) -> None:
    assert faults(in_answers(tag, render(example(MESSAGES[tag])))) == []


def test_every_returned_object_is_part_of_a_response_that_was_held_against_the_schema() -> None:
    written = "".join(render(example(MESSAGES[tag])) for tag in RESPONSES)
    assert [tag for tag in TYPED if tag.endswith("Ret") and f"<{tag}>" not in written] == []


@pytest.mark.parametrize("tag", REQUESTS)
def test_any_request_is_valid_and_survives_the_round_trip(tag: str) -> None:
    seen = 0

    @settings(
        max_examples=EXAMPLES[tag in TYPED],
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(messages(MESSAGES[tag]))
    def check(request: Aggregate) -> None:
        nonlocal seen
        seen += 1
        written = render(request)
        assert written.isascii()
        document = in_a_set(tag, written)
        assert faults(document) == []
        assert read_message_set(document).requests == (request,)
        assert read_message(written) == request

    check()
    assert seen >= 1


@pytest.mark.parametrize(
    "broken",
    [
        "<InvoiceAdd><CustomerRef/><RefNumber>1</RefNumber><TxnDate>2026-01-01</TxnDate></InvoiceAdd>",
        "<InvoiceAdd><CustomerRef/><RefNumber>123456789012</RefNumber></InvoiceAdd>",
        "<InvoiceAdd><CustomerRef/><InvoiceLineAdd><Amount>1.5</Amount></InvoiceLineAdd></InvoiceAdd>",
        "<InvoiceAdd><CustomerRef/><ExternalGUID>6b1f4a3e-2d5c-4f7a-9c1b-0a1b2c3d4e5f</ExternalGUID></InvoiceAdd>",
    ],
)
def test_the_schema_that_was_compiled_refuses_what_it_should(broken: str) -> None:
    assert faults(message_set([f"<InvoiceAddRq>{broken}</InvoiceAddRq>"])) != []


@given(st.data())
@settings(max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_sets_of_many_requests_are_valid(data: st.DataObject) -> None:
    tags = data.draw(st.lists(st.sampled_from(ORDINARY), min_size=2, max_size=5))
    requests = [data.draw(messages(MESSAGES[tag])) for tag in tags]
    document = message_set(map(render, requests), new_message_set_id="0123456789abcdef0123456")
    assert faults(document) == []
    assert read_message_set(document).requests == tuple(requests)
