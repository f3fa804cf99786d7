"""Columns are the fields of a charge, however they are written."""

from __future__ import annotations

from io import BytesIO

import pytest

from qbwc_server.channels.charges.options import ChargeFileOptions
from qbwc_server.channels.charges.table import Charged, ChargeTable, NotCharges, column_named
from tests.qbwc_server.channels.charges.conftest import HEADER, file_of, row


def table(content: str, **options: object) -> ChargeTable:
    return ChargeTable(BytesIO(content.encode()), ChargeFileOptions.model_validate(options))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("netPriceProrated", "netPriceProrated"), ("NET PRICE PRORATED", "netPriceProrated"), ("is_billed", "isBilled"),
        ("Customer", "organisation"), ("CustomerDisplayName", "organisation"), ("Organization", "organisation"),
        ("tags", None), ("", None),
    ],
)  # fmt: skip
def test_a_title_names_a_field_in_any_case(title: str, name: str | None) -> None:
    assert column_named(title) == name


def test_a_row_is_told_as_an_api_tells_it() -> None:
    found = table(file_of(row("Contoso") + ",no,7.5,x", header=f"{HEADER},is billed,netPriceProrated,Remark"))
    (charged,) = found.rows()
    assert isinstance(charged, Charged)
    assert charged.problems == ()
    assert charged.told["tags"] == [{"name": "CustomerDisplayName", "value": "Contoso"}]
    assert (charged.told["isBilled"], str(charged.told["netPriceProrated"])) == (False, "7.5")
    assert "Remark" in " ".join(found.remarks)


def test_what_is_missing_is_named() -> None:
    with pytest.raises(NotCharges, match="organisation, netPrice"):
        table("chargeType,billingCycleType,periodFrom,periodTo,quantity\n")
    with pytest.raises(NotCharges, match="More than one column means organisation"):
        table(f"{HEADER},customer\n")


def test_a_workbook_and_its_habits_are_options() -> None:
    found = table(file_of(row("Contoso", price='"$1,234.50"')), currency="$", decimals="point")
    (charged,) = found.rows()
    assert isinstance(charged, Charged)
    assert str(charged.told["netPrice"]) == "1234.50"
