"""Queries of lists: which elements an answer holds."""

from collections.abc import Callable
from typing import Any

from qbwc_server.simulator.books import Books
from qbwc_server.simulator.kinds import LIST_KINDS
from qbwc_server.simulator.lists import Entry
from qbwc_server.simulator.queries import Found, chosen, local, matcher, within
from qbwc_server.simulator.refusals import NO_MATCH, OK, some_not_found

LIST_QUERIES = {
    **{f"{tag}QueryRq": (tag,) for tag in LIST_KINDS},
    "TermsQueryRq": ("StandardTerms", "DateDrivenTerms"),
    "ItemQueryRq": tuple(tag for tag, kind in LIST_KINDS.items() if kind.space == "item"),
}


def list_elements(books: Books, request: Any, tags: tuple[str, ...]) -> Found:
    """The elements that a list query asks for."""
    held = vars(request)
    if ids := held.get("list_ids"):
        return _named(ids, {one.list_id: one for one in map(books.lists.get, ids) if one and one.kind.tag in tags})
    if names := held.get("full_names"):
        space = LIST_KINDS[tags[0]].space
        known = {name: books.lists.named(space, name) for name in names}
        return _named(names, {name: one for name, one in known.items() if one and one.kind.tag in tags})
    tests = _list_tests(books, held)
    found = [entry.list_id for entry in books.lists.of(*tags) if all(test(entry) for test in tests)]
    return Found(found, OK if found else NO_MATCH)


def _named(asked: tuple[str, ...], known: dict[str, Any]) -> Found:
    missing = [name for name in asked if name not in known]
    ids = list(dict.fromkeys(known[name].list_id for name in asked if name in known))
    return Found(ids, some_not_found(missing[0]) if missing else OK)


def _list_tests(books: Books, held: dict[str, Any]) -> list[Callable[[Entry], bool]]:
    tests: list[Callable[[Entry], bool]] = []
    status = str(held.get("active_status") or "ActiveOnly")
    if status != "All":
        tests.append(lambda entry: entry.is_active is (status == "ActiveOnly"))
    if (start := held.get("from_modified_date")) is not None:
        since = local(books, start)
        tests.append(lambda entry: entry.time_modified >= since)
    if (end := held.get("to_modified_date")) is not None:
        until = local(books, end)
        tests.append(lambda entry: entry.time_modified <= until)
    if (name_filter := held.get("name_filter")) is not None:
        matches = matcher(str(name_filter.match_criterion), name_filter.name)
        tests.append(lambda entry: matches(entry.full_name))
    if (span := held.get("name_range_filter")) is not None:
        tests.append(lambda entry: within(entry.full_name, span.from_name, span.to_name))
    for name in ("account_type", "payment_method_type"):
        if types := held.get(f"{name}s"):
            tests.append(_value_in(name, types))
    if (balance := held.get("total_balance_filter")) is not None:
        tests.append(lambda entry: _compares(str(balance.operator), books.owed(entry), balance.amount))
    if (wanted := held.get("class_filter")) is not None:
        of_class = set(chosen(books, wanted, "class"))
        tests.append(lambda entry: (ref := entry.value("class_")) is not None and ref.list_id in of_class)
    if held.get("currency_filter") is not None:
        books.require(books.facts.multi_currency)
    return tests


def _value_in(name: str, allowed: tuple[str, ...]) -> Callable[[Entry], bool]:
    return lambda entry: entry.value(name) in allowed


def _compares(operator: str, value: Any, other: Any) -> bool:
    return bool(
        {
            "LessThan": value < other,
            "LessThanEqual": value <= other,
            "Equal": value == other,
            "GreaterThan": value > other,
            "GreaterThanEqual": value >= other,
        }[operator]
    )
