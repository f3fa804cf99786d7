"""Formats are recognised by their beginning, and options are checked."""

from __future__ import annotations

import io

import pytest

from qbwc_server.channels.files.contract import FileOptions, UnknownEncoding, UnknownFormat, WrongColumns, WrongOptions
from qbwc_server.channels.files.formats import FORMATS, format_named, read_options, recognise
from qbwc_server.channels.shopify.options import CustomerMode, ShopifyOptions
from tests.channels.shopify.export_file import export, line, order

CSV = "Kind;Origin;Date;Customer\n"
SHOPIFY = export(order("#1", "5.00", [line("Tea", "5.00")]))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'\n  {"kind": "invoice"}', "jsonl"),
        (b'\xef\xbb\xbf{"kind": "invoice"}', "jsonl"),
        ('{"kind": "invoice"}'.encode("utf-16"), "jsonl"),
        (CSV.encode(), "csv"),
        (CSV.encode("utf-8-sig"), "csv"),
        (CSV.encode("utf-16"), "csv"),
        (b'"kind","origin","date"\r\n', "csv"),
        (SHOPIFY, "shopify_orders"),
        (b"PO number,Supplier,Order date,SKU,Quantity,Cost price\n", "purchase_orders"),
        (b"kind,origin,date,vendor,po_number,description,quantity\n", "csv"),
        (SHOPIFY.decode().encode("utf-8-sig"), "shopify_orders"),
    ],
)
def test_recognised_by_the_beginning(content: bytes, code: str) -> None:
    stream = io.BytesIO(content)
    assert recognise(stream, "any.name").code == code
    assert stream.tell() == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b'[{"kind": "invoice"}]', "list"),
        (b'{\n  "kind": "invoice",\n', "several lines"),
        (b'{"documents": [\n  {"kind": "invoice"}', "several lines"),
        (b"a,b\n1,2\n", "none"),
        (b"\xff\xd8", "none"),
    ],
)
def test_what_is_not_known_is_refused_with_a_reason(content: bytes, said: str) -> None:
    with pytest.raises(UnknownFormat, match=said) as refused:
        recognise(io.BytesIO(content), "file.bin")
    assert refused.value.advice


def test_formats_by_code() -> None:
    assert format_named("Shopify-Orders") is FORMATS["shopify_orders"]
    with pytest.raises(UnknownFormat, match="jsonl"):
        format_named("excel")


def test_options_as_a_user_types_them() -> None:
    given = {"customers": "single", "use_sku": "false", "rounding_cap": "0.02", "items": {"A": "B"}}
    options = read_options(FORMATS["shopify_orders"], given)
    assert isinstance(options, ShopifyOptions)
    assert (options.customers, options.use_sku, options.items) == (CustomerMode.SINGLE, False, {"A": "B"})
    assert read_options(FORMATS["shopify_orders"], options) is options
    assert read_options(FORMATS["jsonl"], None) == FileOptions()


@pytest.mark.parametrize(
    ("code", "given", "named"),
    [
        ("shopify_orders", {"shiping_item": "x"}, "shiping_item"),
        ("shopify_orders", {"customers": "all"}, "customers"),
        ("shopify_orders", {"rounding_cap": "5"}, "rounding_cap"),
        ("jsonl", {"ignore_columns": ["x"]}, "ignore_columns"),
    ],
)
def test_wrong_options_are_named(code: str, given: dict[str, object], named: str) -> None:
    with pytest.raises(WrongOptions, match=named):
        read_options(FORMATS[code], given)


def test_options_of_another_format_are_refused() -> None:
    with pytest.raises(WrongOptions):
        read_options(FORMATS["shopify_orders"], FileOptions())


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("kind,date,customer,item,amount", ["origin"]),
        ("date,customer,item,amount", ["kind", "origin"]),
        ("Origin;Type;Customer", ["date"]),
    ],
)
def test_a_missing_column_is_named_and_the_format_is_not_in_doubt(header: str, missing: list[str]) -> None:
    stream = io.BytesIO(header.encode() + b"\n")
    found = recognise(stream, "sales.csv")
    with pytest.raises(WrongColumns) as refused:
        list(found.read(stream, read_options(found, None)))
    assert [
        name for name in ("kind", "origin", "date", "customer") if f"no column {name}" in str(refused.value)
    ] == missing


def test_an_unknown_table_shows_its_header() -> None:
    with pytest.raises(UnknownFormat, match="Order Date, Order ID, Title"):
        recognise(io.BytesIO(b"Order Date,Order ID,Title\n"), "orders.csv")


def test_no_text_is_in_the_words_of_a_library() -> None:
    for given in ({"customers": "all"}, {"use_sku": "maybe"}, {"rounding_cap": "5"}, {"items": "x"}, {"nonsense": 1}):
        with pytest.raises(WrongOptions) as refused:
            read_options(FORMATS["shopify_orders"], given)
        said = str(refused.value)
        assert not any(word in said for word in ("Input should", "Extra inputs", "unable to", "Value error", "``")), (
            said
        )
        assert said.endswith((".", "?"))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_unicode_without_its_mark_is_named(encoding: str) -> None:
    with pytest.raises(UnknownEncoding) as refused:
        recognise(io.BytesIO(CSV.encode(encoding)), "x.csv")
    assert encoding in refused.value.advice


def test_the_header_that_is_shown_is_the_row_of_words() -> None:
    with pytest.raises(UnknownFormat, match="Nummer, Betrag") as refused:
        recognise(io.BytesIO(b"Nummer;Betrag\n1;1,00\n2;2,00\n"), "x.csv")
    assert "1,00" not in str(refused.value)
