"""Messages from dictionaries: the same objects, and the same mistakes with their places."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qbxml import BuildError, Ref, build, plain, read_message, render
from qbxml.messages.invoice import InvoiceAdd, InvoiceAddRq, InvoiceLineAdd, InvoiceLineGroupAdd

MILEAGE: dict[str, Any] = {
    "vehicle": {"full_name": "Van"},
    "trip_start_date": date(2026, 3, 2),
    "trip_end_date": date(2026, 3, 2),
    "total_miles": Decimal("41.5"),
}


def test_a_message_without_a_class_of_its_own() -> None:
    request = build("VehicleMileageAddRq", {"request_id": "1", "vehicle_mileage_add": MILEAGE})

    assert render(request) == (
        '<VehicleMileageAddRq requestID="1"><VehicleMileageAdd><VehicleRef><FullName>Van</FullName></VehicleRef>'
        "<TripStartDate>2026-03-02</TripStartDate><TripEndDate>2026-03-02</TripEndDate><TotalMiles>41.5</TotalMiles>"
        "</VehicleMileageAdd></VehicleMileageAddRq>"
    )
    assert read_message(render(request)) == request


def test_a_message_with_a_class_is_the_same_as_by_the_class() -> None:
    lines: list[Any] = [
        {"InvoiceLineAdd": {"item": {"full_name": "Seat"}, "amount": Decimal(30)}},
        {"InvoiceLineGroupAdd": {"item_group": Ref(full_name="Set")}},
    ]
    invoice = InvoiceAdd(
        customer=Ref(full_name="Kern"),
        lines=(
            InvoiceLineAdd(item=Ref(full_name="Seat"), amount=Decimal(30)),
            InvoiceLineGroupAdd(item_group=Ref(full_name="Set")),
        ),
    )

    built = build("InvoiceAddRq", {"invoice_add": {"customer": {"full_name": "Kern"}, "lines": lines}})

    assert built == InvoiceAddRq(invoice_add=invoice)


@pytest.mark.parametrize(
    ("change", "path", "rule"),
    [
        ({"vehicle": {}}, "VehicleMileageAddRq.vehicle_mileage_add.vehicle", "empty_reference"),
        (
            {"vehicle": {"full_name": "V" * 32}},
            "VehicleMileageAddRq.vehicle_mileage_add.vehicle.full_name",
            "max_length",
        ),
        ({"trip_start_date": "2 March"}, "VehicleMileageAddRq.vehicle_mileage_add.trip_start_date", "lexical"),
        ({"trip_start_date": 20260302}, "VehicleMileageAddRq.vehicle_mileage_add.trip_start_date", "type"),
        ({"billable_status": "Perhaps"}, "VehicleMileageAddRq.vehicle_mileage_add.billable_status", "enum"),
        ({"total_milez": Decimal(1)}, "VehicleMileageAddRq.vehicle_mileage_add.total_milez", "unknown_field"),
        ({"odometer_start": Decimal(1)}, "VehicleMileageAddRq.vehicle_mileage_add.odometer_start", "choice"),
        ({"vehicle": None}, "VehicleMileageAddRq.vehicle_mileage_add.vehicle", "required"),
    ],
)
def test_a_mistake_has_its_place(change: dict[str, Any], path: str, rule: str) -> None:
    with pytest.raises(BuildError) as refusal:
        build("VehicleMileageAddRq", {"vehicle_mileage_add": {**MILEAGE, **change}})
    assert (refusal.value.path, refusal.value.rule) == (path, rule)


@pytest.mark.parametrize(
    ("lines", "path"),
    [
        ({"InvoiceLineAdd": {}}, "InvoiceAdd.lines"),
        ([{"amount": 1}], "InvoiceAdd.lines[0]"),
        ([{"InvoiceLineAdd": {}, "InvoiceLineGroupAdd": {}}], "InvoiceAdd.lines[0]"),
        ([{"InvoiceLineAdd": {}}, {"InvoiceLineAdd": {"rates": 1}}], "InvoiceAdd.lines[1].rates"),
        ([{"InvoiceLineAdd": {}}, "no"], "InvoiceAdd.lines[1]"),
    ],
)
def test_a_mistake_in_a_list_has_its_place(lines: Any, path: str) -> None:
    with pytest.raises(BuildError) as refusal:
        build("InvoiceAdd", {"customer": {"full_name": "Kern"}, "lines": lines})
    assert refusal.value.path == path


def test_a_field_that_is_not_known_is_refused_with_those_that_are_near() -> None:
    with pytest.raises(BuildError, match=r"InvoiceAdd.refnumber is not known; it has .*ref_number"):
        build("InvoiceAdd", {"refnumber": "1"})


def test_what_qbxml_does_not_have() -> None:
    with pytest.raises(LookupError, match="nothing called SpaceshipAddRq"):
        build("SpaceshipAddRq", {})


def test_what_json_has_no_word_for_is_text() -> None:
    said = {**MILEAGE, "trip_start_date": "2026-03-02", "trip_end_date": "2026-03-02", "total_miles": "41.5"}
    assert build("VehicleMileageAdd", said) == build("VehicleMileageAdd", MILEAGE)
    assert build("VehicleMileageAdd", {**said, "total_miles": 41}).total_miles == Decimal(41)  # type: ignore[attr-defined]


def test_plain_values_and_back() -> None:
    mileage = build("VehicleMileageAdd", MILEAGE)
    shown = plain(mileage)
    assert shown["trip_start_date"] == "2026-03-02"
    assert build("VehicleMileageAdd", json.loads(json.dumps(shown))) == mileage
    lines = [
        {"InvoiceLineAdd": {"item": {"full_name": "Seat"}}},
        {"InvoiceLineGroupAdd": {"item_group": {"list_id": "1"}}},
    ]
    invoice = build("InvoiceAdd", {"customer": {"full_name": "Kern"}, "lines": lines})
    assert plain(invoice)["lines"] == lines
    assert build("InvoiceAdd", plain(invoice)) == invoice
