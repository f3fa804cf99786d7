"""What may be what a program had QuickBooks add, although it bears no mark."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from qbwc_server.asked.looking import mark_of, may_be_it
from qbwc_server.asked.messages import bears_mark, read_qbxml, read_values, requests
from qbxml import MESSAGES, Ref, build
from qbxml.messages.invoice import InvoiceRet

SINCE = datetime(2026, 3, 1, tzinfo=UTC)
NOW = SINCE + timedelta(hours=1)


def invoice(**said: Any) -> Any:
    return read_values("InvoiceAddRq", {"invoice_add": {"customer": {"full_name": "Acme"}, **said}})


def there(**said: Any) -> InvoiceRet:
    known = {"txn_id": "1-1", "time_created": NOW, "time_modified": NOW, "edit_sequence": "1", "txn_number": 1}
    return InvoiceRet(**{**known, "customer": Ref(full_name="ACME"), "txn_date": SINCE.date(), **said})


@pytest.mark.parametrize(
    ("said", "found", "may"),
    [
        ({}, {}, True),
        ({}, {"customer": Ref(full_name="Other")}, False),
        ({}, {"time_created": SINCE - timedelta(seconds=1)}, False),
        ({}, {"external_guid": uuid4()}, False),
        ({"ref_number": "A-1"}, {}, False),
        ({"ref_number": "A-1"}, {"ref_number": "a-1", "customer": Ref(full_name="Other")}, True),
        ({"customer": {"list_id": "80-1"}}, {"customer": Ref(list_id="80-2", full_name="Acme")}, False),
        ({"customer": {"list_id": "80-1"}}, {"customer": Ref(full_name="Acme")}, True),
    ],
)
def test_what_may_be_it(said: dict[str, Any], found: dict[str, Any], may: bool) -> None:
    assert bool(may_be_it([there(**found)], invoice(**said), SINCE)) is may


def test_a_mark_is_read_however_it_is_written() -> None:
    mark = uuid4()
    assert mark_of(there(external_guid=mark)) == mark
    assert mark_of(there()) is None


def test_what_bears_a_mark_can_be_asked_for_it() -> None:
    assert bears_mark(invoice())
    assert bears_mark(read_values("CustomerAddRq", {"customer_add": {"name": "Acme"}}))
    assert not bears_mark(read_values("AccountAddRq", {"account_add": {"name": "Postage", "account_type": "Expense"}}))
    assert not bears_mark(read_qbxml("<TxnVoidRq><TxnVoidType>Bill</TxnVoidType><TxnID>1</TxnID></TxnVoidRq>"))
    assert not bears_mark(read_qbxml("<InvoiceQueryRq/>"))


def test_the_messages_are_those_of_the_set_that_the_connector_carries() -> None:
    assert len(requests()) == 232
    assert {name for name in MESSAGES if name.endswith("Rq")} - {*requests()} == {
        f"{kind}Subscription{what}Rq" for kind in ("DataEvent", "UIEvent", "UIExtension") for what in ("Add", "Query")
    } | {"SubscriptionDelRq"}
    assert build("InvoiceQueryRq", {})
