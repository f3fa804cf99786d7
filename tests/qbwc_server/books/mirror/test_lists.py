from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import pytest

from qbwc_server.books.mirror.lists import DELETED_AS, LISTS, Room, Told, stands_in
from qbwc_server.list_kinds import ListKind
from qbxml import MESSAGES, MissingElement, Ref, render
from qbxml.messages.customer import CustomerRet
from qbxml.messages.item import ItemServiceRet, SalesOrPurchase
from qbxml.messages.sales_rep import SalesRepRet
from qbxml.messages.transaction import ListDelType
from qbxml.shared import ActiveStatus

_WHEN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize("kind", LISTS, ids=str)
def test_what_is_declared_of_a_list_agrees_with_qbxml(kind: ListKind) -> None:
    one = LISTS[kind]
    known = {each.name for ret in one.rets for each in fields(cast("Any", MESSAGES[ret]))}
    typed = () if one.entry_type is None else (one.entry_type,)
    assert {*typed, *one.number, *one.rest, one.name} <= known
    assert {"ListID", "TimeModified", "IsActive"} <= set(one.elements)
    assert set(one.deleted_as) <= {each.value for each in ListDelType}
    values: dict[str, Any] = {"include_ret_elements": one.elements}
    if one.by_id:
        values["active_status"] = ActiveStatus.ALL
    assert render(one.query(**values)).startswith(f"<{one.message}Rq")


def test_every_list_that_documents_name_is_kept() -> None:
    assert {stands_in(kind)[0] for kind in ListKind} == set(LISTS)


def test_names_count_together_and_no_deletion_means_two_lists() -> None:
    together = {kind.value for kind, one in LISTS.items() if one.room is Room.NAMES}
    assert together == {"customer", "vendor", "employee", "other_name"}
    assert len(DELETED_AS) == sum(len(one.deleted_as) for one in LISTS.values())


def test_of_employees_only_the_name_is_asked_for() -> None:
    assert set(LISTS[ListKind.EMPLOYEE].elements) == {"ListID", "TimeModified", "Name", "IsActive"}


def test_a_job_is_told_with_its_parent_and_what_is_kept_of_it() -> None:
    ret = CustomerRet(
        list_id="8-1",
        time_created=_WHEN,
        time_modified=_WHEN,
        edit_sequence="1",
        name="Kitchen",
        full_name="Acme:Kitchen",
        sublevel=1,
        parent=Ref(list_id="8-0", full_name="Acme"),
        is_active=False,
        email="a@acme.example",
        account_number="17",
        terms=Ref(list_id="3-1", full_name="Net 30"),
        balance=Decimal("9.50"),
    )
    terms = {"list_id": "3-1", "full_name": "Net 30"}
    told = LISTS[ListKind.CUSTOMER].told(ret)
    expected = Told("8-1", "Acme:Kitchen", "8-0", None, False, "a@acme.example", "17", None, _WHEN, {"terms": terms})
    assert told == expected


def test_an_item_is_told_with_its_type_and_accounts() -> None:
    ret = ItemServiceRet(
        list_id="9-1",
        time_created=_WHEN,
        time_modified=_WHEN,
        edit_sequence="1",
        name="Seat",
        full_name="Seat",
        sublevel=0,
        sales_or_purchase=SalesOrPurchase(price=Decimal(10), account=Ref(list_id="1-1", full_name="Sales")),
    )
    told = LISTS[ListKind.ITEM].told(ret)
    assert told.entry_type == "Service"
    assert told.rest["sales_or_purchase"]["account"] == {"list_id": "1-1", "full_name": "Sales"}


def test_a_sales_rep_is_called_by_its_initials() -> None:
    entity = Ref(list_id="5-1", full_name="Ann Bell")
    ret = SalesRepRet(
        list_id="7-1", time_created=_WHEN, time_modified=_WHEN, edit_sequence="1", initial="AB", sales_rep_entity=entity
    )
    assert LISTS[ListKind.SALES_REP].told(ret).full_name == "AB"


def test_an_entry_without_its_name_says_nothing() -> None:
    ret = CustomerRet(
        list_id="8-1", time_created=_WHEN, time_modified=_WHEN, edit_sequence="1", name="A", full_name="A", sublevel=0
    )
    with pytest.raises(MissingElement):
        LISTS[ListKind.CUSTOMER].told(ret.only("ListID", "TimeModified"))
