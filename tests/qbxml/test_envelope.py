"""Whole documents: what is sent, and requests read as strictly as QuickBooks reads them."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import pytest

from qbxml import (
    CLEAR_ALL_MESSAGE_SETS,
    BuildError,
    MessageSet,
    OnError,
    ParseError,
    Ref,
    ResponseData,
    UseMacro,
    Version,
    build,
    message_set,
    read_answers,
    read_message,
    read_message_set,
    render,
)
from qbxml.envelope import answer_set, subscription_set
from qbxml.messages.invoice import InvoiceAdd, InvoiceAddRq, InvoiceAddRs, InvoiceLineAdd, InvoiceQueryRq
from qbxml.messages.transaction import TxnVoidRq, TxnVoidType

INVOICE = InvoiceAddRq(
    invoice_add=InvoiceAdd(
        customer=Ref(full_name="Kern Lighting"),
        lines=(InvoiceLineAdd(desc="Zoë & Söhne", amount=Decimal(30)),),
    ),
    request_id="7f3a",
)
VOID = TxnVoidRq(txn_void_type=TxnVoidType.INVOICE, txn_id="C5-1", request_id="7f3b")


def test_a_message_set_is_written_byte_for_byte() -> None:
    assert message_set([render(VOID)], new_message_set_id="q1") == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<?qbxml version="13.0"?>\n'
        '<QBXML><QBXMLMsgsRq onError="continueOnError" newMessageSetID="q1">'
        '<TxnVoidRq requestID="7f3b"><TxnVoidType>Invoice</TxnVoidType><TxnID>C5-1</TxnID></TxnVoidRq>'
        "</QBXMLMsgsRq></QBXML>"
    )


def test_a_message_set_is_read_as_it_was_made() -> None:
    document = message_set(
        [render(INVOICE), render(VOID)],
        level=Version(13, 0),
        on_error=OnError.STOP,
        new_message_set_id="new",
        old_message_set_id="old",
        response_data=ResponseData.NONE,
    )

    expected = MessageSet(Version(13, 0), OnError.STOP, (INVOICE, VOID), "new", "old", ResponseData.NONE)
    assert read_message_set(document) == expected
    assert read_message_set(document.encode()) == expected
    assert read_message_set(io.BytesIO(document.encode())) == expected


def test_an_empty_set_asks_or_clears() -> None:
    found = read_message_set(message_set([], old_message_set_id=CLEAR_ALL_MESSAGE_SETS))
    assert (found.requests, found.old_message_set_id) == ((), "ClearAllMessageSets")
    assert found.new_message_set_id is None
    assert found.response_data is ResponseData.ALL


@pytest.mark.parametrize("name", ["new_message_set_id", "old_message_set_id"])
def test_a_message_set_id_has_at_most_23_characters(name: str) -> None:
    assert message_set([], **{name: "x" * 23})  # type: ignore[arg-type]
    with pytest.raises(BuildError) as caught:
        message_set([], **{name: "x" * 24})  # type: ignore[arg-type]
    assert (caught.value.path, caught.value.limit) == (f"QBXMLMsgsRq.{name}", 23)


def test_rollback_is_never_asked_for() -> None:
    with pytest.raises(BuildError, match="rollbackOnError"):
        message_set([], on_error=cast("Any", "rollbackOnError"))


def test_answers_are_written_as_quickbooks_does() -> None:
    answer = InvoiceAddRs(request_id="7", status_code=3140, status_severity="Error", status_message='No "Seat"')

    document = answer_set([render(answer)], message_set_status_code=0, new_message_set_id="q1")

    assert document == (
        '<?xml version="1.0" ?>\n<QBXML>\n<QBXMLMsgsRs newMessageSetID="q1" messageSetStatusCode="0">'
        '<InvoiceAddRs requestID="7" statusCode="3140" statusSeverity="Error" statusMessage="No &quot;Seat&quot;">'
        "</InvoiceAddRs></QBXMLMsgsRs>\n</QBXML>\n"
    )
    answers = read_answers(document)
    assert answers.message_set_status_code == 0
    assert next(answers).status_code == 3140
    assert answer_set([]) == '<?xml version="1.0" ?>\n<QBXML>\n<QBXMLMsgsRs></QBXMLMsgsRs>\n</QBXML>\n'


def test_an_answer_without_status_is_not_built() -> None:
    with pytest.raises(BuildError) as caught:
        InvoiceAddRs()  # type: ignore[call-arg]
    assert caught.value.path == "InvoiceAddRs.status_code"


def asked(inside: str, *, level: str = "13.0", attributes: str = 'onError="stopOnError"') -> str:
    return (
        f'<?xml version="1.0" encoding="utf-8"?><?qbxml version="{level}"?>'
        f"<QBXML><QBXMLMsgsRq {attributes}>{inside}</QBXMLMsgsRq></QBXML>"
    )


def invoice(inside: str) -> str:
    customer = "<CustomerRef><FullName>K</FullName></CustomerRef>"
    return f"<InvoiceAddRq><InvoiceAdd>{customer}{inside}</InvoiceAdd></InvoiceAddRq>"


ADD = "InvoiceAddRq.invoice_add"


@pytest.mark.parametrize(
    ("document", "path", "rule"),
    [
        (asked("<NoSuchRq/>"), "QBXMLMsgsRq.NoSuchRq", "unknown_element"),
        (asked("<InvoiceAddRs statusCode='0' statusSeverity='Info'/>"), "QBXMLMsgsRq.InvoiceAddRs", "unknown_element"),
        (asked("loose"), "QBXMLMsgsRq", "text"),
        (asked("", attributes=""), "QBXMLMsgsRq.on_error", "required"),
        (asked("", attributes='onError="rollbackOnError"'), "QBXMLMsgsRq.on_error", "enum"),
        (asked("", attributes='onError="stopOnError" colour="red"'), "QBXMLMsgsRq", "unknown_attribute"),
        (asked("", attributes='onError="stopOnError" responseData="some"'), "QBXMLMsgsRq.response_data", "enum"),
        (
            asked("", attributes=f'onError="stopOnError" newMessageSetID="{"x" * 24}"'),
            "QBXMLMsgsRq.new_message_set_id",
            "max_length",
        ),
        (asked(f'<TxnVoidRq requestID="{"x" * 51}"/>'), "TxnVoidRq.request_id", "max_length"),
        (asked('<TxnVoidRq iterator="Start"/>'), "TxnVoidRq", "unknown_attribute"),
        (asked('<InvoiceQueryRq iterator="Again"/>'), "InvoiceQueryRq.iterator", "enum"),
        (asked("<TxnVoidRq><TxnVoidType>Invoice</TxnVoidType></TxnVoidRq>"), "TxnVoidRq.txn_id", "required"),
        (asked("<InvoiceAddRq/>"), "InvoiceAddRq.invoice_add", "required"),
        (asked("<InvoiceAddRq><InvoiceAdd/></InvoiceAddRq>"), f"{ADD}.customer", "required"),
        (asked(invoice("<Colour>red</Colour>")), f"{ADD}.Colour", "unknown_element"),
        (asked(invoice("<IsTaxIncluded>true</IsTaxIncluded>")), f"{ADD}.IsTaxIncluded", "unknown_element"),
        (asked(invoice("<Memo>m</Memo><TxnDate>2026-01-01</TxnDate>")), f"{ADD}.txn_date", "order"),
        (asked(invoice("<Memo>m</Memo><Memo>m</Memo>")), f"{ADD}.memo", "repeated"),
        (asked(invoice("<Memo><b>m</b></Memo>")), f"{ADD}.memo", "unknown_element"),
        (asked(invoice('<Memo kind="x">m</Memo>')), f"{ADD}.memo", "unknown_attribute"),
        (asked(invoice('<Memo useMacro="x"/>')), f"{ADD}.memo", "unknown_attribute"),
        (asked(invoice("loose")), ADD, "text"),
        (asked(invoice("<RefNumber>123456789012</RefNumber>")), f"{ADD}.ref_number", "max_length"),
        (asked(invoice("<IsPending>yes</IsPending>")), f"{ADD}.is_pending", "lexical"),
        (asked(invoice("<DueDate>01/02/2026</DueDate>")), f"{ADD}.due_date", "lexical"),
        (asked(invoice("<Memo>日本</Memo>")), f"{ADD}.memo", "characters"),
        (
            asked(invoice("<TermsRef><ListID>1</ListID><FullName>N</FullName></TermsRef>")),
            f"{ADD}.terms",
            "one_reference",
        ),
        (
            asked(invoice(f"<TermsRef><FullName>{'x' * 32}</FullName></TermsRef>")),
            f"{ADD}.terms.full_name",
            "max_length",
        ),
        (asked(invoice("<InvoiceLineAdd><Amount>97.5</Amount></InvoiceLineAdd>")), f"{ADD}.lines[0].amount", "lexical"),
        (
            asked(
                invoice("<InvoiceLineAdd/><InvoiceLineAdd><Rate>1</Rate><RatePercent>1</RatePercent></InvoiceLineAdd>")
            ),
            f"{ADD}.lines[1].rate",
            "choice",
        ),
        (
            asked(invoice("<InvoiceLineAdd/><InvoiceLineGroupAdd/>")),
            f"{ADD}.lines[1].item_group",
            "required",
        ),
        (
            asked("<InvoiceQueryRq><MaxReturned>0</MaxReturned></InvoiceQueryRq>"),
            "InvoiceQueryRq.max_returned",
            "min_value",
        ),
        (
            asked("<InvoiceQueryRq><RefNumber>1</RefNumber><MaxReturned>1</MaxReturned></InvoiceQueryRq>"),
            "InvoiceQueryRq.ref_numbers",
            "choice",
        ),
        (asked(invoice("<ExchangeRate>1</ExchangeRate>"), level="7.0"), f"{ADD}.exchange_rate", "version"),
        (asked("<InvoiceModRq/>", level="2.0"), "InvoiceModRq", "version"),
        (asked('<InvoiceQueryRq metaData="NoMetaData"/>', level="3.0"), "InvoiceQueryRq.meta_data", "version"),
    ],
)
def test_a_request_that_breaks_its_declaration_is_refused(document: str, path: str, rule: str) -> None:
    with pytest.raises(BuildError) as caught:
        read_message_set(document)
    assert (caught.value.path, caught.value.rule) == (path, rule)


@pytest.mark.parametrize(
    ("document", "match"),
    [
        ("", "not well-formed"),
        ("<QBXML>", "not well-formed"),
        (asked("&nbsp;"), "undefined entity"),
        ("<!DOCTYPE QBXML []>" + asked(""), "not well-formed|document type"),
        ('<?qbxml version="13.0"?><!DOCTYPE QBXML [<!ENTITY a "b">]><QBXML/>', "document type"),
        ("<QBXML><QBXMLMsgsRq onError='stopOnError'/></QBXML>", "names no level"),
        ('<?qbxml version="CA3.0"?><QBXML><QBXMLMsgsRq onError="stopOnError"/></QBXML>', "names no level"),
        ('<?qbxml version="13.0"?><QBXML/>', "no message set"),
        ('<?qbxml version="13.0"?><QBXML><QBXMLMsgsRs/></QBXML>', "no message set"),
        ('<?qbxml version="13.0"?><QBWC><QBXMLMsgsRq onError="stopOnError"/></QBWC>', "no message set"),
    ],
)
def test_what_is_no_message_set_is_refused(document: str, match: str) -> None:
    with pytest.raises(ParseError, match=match):
        read_message_set(document)


def test_white_space_and_comments_between_elements_do_not_matter() -> None:
    document = asked("\n  <InvoiceQueryRq>\n <!-- ten --> <MaxReturned>10</MaxReturned>\n</InvoiceQueryRq>")
    assert read_message_set(document).requests == (InvoiceQueryRq(max_returned=10),)


def test_a_macro_is_read_where_one_may_stand() -> None:
    payment = (
        "<ReceivePaymentAddRq><ReceivePaymentAdd><CustomerRef><ListID>1</ListID></CustomerRef>"
        '<AppliedToTxnAdd><TxnID useMacro="TxnID:first"/></AppliedToTxnAdd></ReceivePaymentAdd></ReceivePaymentAddRq>'
    )
    (request,) = read_message_set(asked(payment)).requests
    assert type(cast("Any", request).receive_payment_add.applied_to_txn_adds[0].txn_id) is UseMacro
    assert render(request) == payment
    with pytest.raises(BuildError):
        read_message_set(asked(payment.replace('"TxnID:first"/>', '"TxnID:first">C5-1</TxnID>')))


def test_a_moment_without_offset_stays_local_to_the_pc() -> None:
    inside = (
        "<InvoiceQueryRq><ModifiedDateRangeFilter><FromModifiedDate>2026-03-01</FromModifiedDate>"
        "<ToModifiedDate>2026-03-02T00:00:00+00:00</ToModifiedDate></ModifiedDateRangeFilter></InvoiceQueryRq>"
    )
    (request,) = read_message_set(asked(inside)).requests

    assert isinstance(request, InvoiceQueryRq)
    span = request.modified_date_range_filter
    assert span is not None
    assert span.from_modified_date == datetime(2026, 3, 1)  # noqa: DTZ001
    assert span.to_modified_date == datetime(2026, 3, 2, tzinfo=UTC)
    assert "<FromModifiedDate>2026-03-01T00:00:00</FromModifiedDate>" in render(request)


def test_one_message_alone_is_read_strictly() -> None:
    assert read_message(render(INVOICE)) == INVOICE
    with pytest.raises(BuildError, match=r"Ref is not known here"):
        read_message("<Ref/>")
    with pytest.raises(BuildError):
        read_message("<InvoiceAddRq><InvoiceAdd/></InvoiceAddRq>")


def test_deep_nesting_is_refused_without_exhausting_the_stack() -> None:
    deep = "<X>" * 100_000 + "</X>" * 100_000
    with pytest.raises(BuildError):
        read_message_set(asked(invoice(deep)))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: message_set([cast("Any", VOID)]), "QBXMLMsgsRq.requests[0] must be text, as render() gives it"),
        (lambda: message_set([render(VOID), "no XML"]), "QBXMLMsgsRq.requests[1] must be text"),
        (lambda: message_set(render(VOID)), "QBXMLMsgsRq.requests must be a list of texts"),
        (lambda: message_set([], level=cast("Any", "13.0")), "level must be a Version such as V13, not '13.0'"),
        (lambda: message_set([], level=cast("Any", (13, 0))), "level must be a Version such as V13, not (13, 0)"),
        (lambda: subscription_set([], level=cast("Any", 13)), "level must be a Version"),
        (lambda: render(VOID, level=cast("Any", "13.0")), "level must be a Version such as V13, not '13.0'"),
        (lambda: render(cast("Any", "<InvoiceAddRq/>")), "must be a message or a part of one"),
        (lambda: render(cast("Any", InvoiceAddRs)), "must be a message or a part of one"),
    ],
)
def test_wrong_use_is_refused_in_words(call: Callable[[], object], said: str) -> None:
    with pytest.raises(BuildError, match=re.escape(said)):
        call()


def test_subscriptions_stand_in_a_set_of_their_own() -> None:
    subscription = build("SubscriptionDelRq", {"subscriber_id": UUID(int=7), "subscription_type": "Data"})
    document = subscription_set([render(subscription)])

    assert "<QBXMLSubscriptionMsgsRq><SubscriptionDelRq>" in document
    assert read_message_set(document).requests == (subscription,)
    for wrong in (message_set([render(subscription)]), subscription_set([render(VOID)])):
        with pytest.raises(BuildError, match="is not known here"):
            read_message_set(wrong)
