"""One request in, one answer out: which part of the simulator handles it, and how the answer is written."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from qbwc_server.simulator import (
    company_facts,
    deposits,
    extensions,
    list_changes,
    list_queries,
    queries,
    removals,
    showing,
)
from qbwc_server.simulator.books import Books, Deleted
from qbwc_server.simulator.entering import ENTERING, Entering
from qbwc_server.simulator.lists import Entry
from qbwc_server.simulator.macros import without_macros
from qbwc_server.simulator.queries import Found, Iterators, local
from qbwc_server.simulator.refusals import NO_MATCH, NOT_SUPPORTED, OK, Refused, Remark
from qbwc_server.simulator.transactions import Transaction
from qbwc_server.simulator.writing import Answered, leaves, only
from qbxml.errors import BuildError
from qbxml.message import Query, Request
from qbxml.messages import MESSAGES
from qbxml.messages.transaction import ListDeletedRet, TxnDeletedRet
from qbxml.rendering import render
from qbxml.shared import ErrorRecovery


@dataclass
class Desk:
    """What a handler works with: the books, the iterators of the session, the macros of the message set."""

    books: Books
    iterators: Iterators
    has_macros: bool = True  # whether any can be used in the message set at all
    macros: dict[str, str] = field(default_factory=dict)  # name to TxnID


DELETED_ARE_TOLD_FOR = timedelta(days=90)
Handler = Callable[[Desk, Any], Answered]


def answer(desk: Desk, request: Request) -> Answered:
    """Carry out one request. A refusal is an answer too; nothing was changed then."""
    try:
        if desk.has_macros:
            request = without_macros(desk.macros, request)
        handler = HANDLERS.get(type(request).__name__)
        return handler(desk, request) if handler is not None else Answered(NOT_SUPPORTED)
    except Refused as refusal:
        return Answered(refusal.remark)
    except (
        BuildError
    ) as problem:  # a number grew beyond what an answer can hold; objects are made before the books change
        return Answered(Remark(3110, "Error", f"The resulting amount is too large: {problem}"))


def is_writing(request: Request) -> bool:
    """Whether the request would change the company file."""
    return not isinstance(request, Query) and not type(request).__name__.endswith("QueryRq")


# -- what is written, and what is remembered of it --------------------------------------------------


def _payload(request: Request) -> Any:
    """The Add, Mod or Del aggregate in a request."""
    name = next(name for name in vars(request) if name.endswith(("_add", "_mod", "_del")))
    return vars(request)[name]


def _wanted(request: Request) -> tuple[str, ...]:
    names: tuple[str, ...] = vars(request).get("include_ret_elements", ())
    return names


def _wrote_entry(desk: Desk, request: Request, entry: Entry) -> Answered:
    recovery = ErrorRecovery(
        list_id=entry.list_id, edit_sequence=entry.edit_sequence, external_guid=entry.external_guid
    )
    body = only(render(showing.list_ret(desk.books, entry)), _wanted(request))
    return Answered(OK, body, recovery, wrote=True)


def _wrote_txn(desk: Desk, request: Request, txn: Transaction | None, remark: Remark) -> Answered:
    if txn is None:
        return Answered(remark, wrote=True)
    macro = vars(_payload(request)).get("def_macro")
    if macro is not None:
        if macro in desk.macros:
            remark = Remark(9100, "Warn", f'The macro name "{macro}" is not unique.')
        desk.macros[macro] = txn.txn_id
    body = only(showing.txn_text(desk.books, txn), _wanted(request))
    return Answered(remark, body, _recovery(txn), wrote=True)


def _recovery(txn: Transaction) -> ErrorRecovery:
    return ErrorRecovery(
        txn_id=txn.txn_id,
        txn_number=txn.txn_number,
        edit_sequence=txn.edit_sequence,
        external_guid=txn.external_guid,
    )


# -- handlers --------------------------------------------------------------------------------------


def _list_add(tag: str) -> Handler:
    def handle(desk: Desk, request: Any) -> Answered:
        return _wrote_entry(desk, request, list_changes.add(desk.books, tag, _payload(request)))

    return handle


def _list_mod(tag: str) -> Handler:
    def handle(desk: Desk, request: Any) -> Answered:
        return _wrote_entry(desk, request, list_changes.modify(desk.books, tag, _payload(request)))

    return handle


def _txn_add(entering: Entering) -> Handler:
    def handle(desk: Desk, request: Any) -> Answered:
        return _wrote_txn(desk, request, *entering.add(desk.books, _payload(request)))

    return handle


def _txn_mod(entering: Entering) -> Handler:
    def handle(desk: Desk, request: Any) -> Answered:
        return _wrote_txn(desk, request, *entering.modify(desk.books, _payload(request)))

    return handle


def _txn_void(desk: Desk, request: Any) -> Answered:
    txn = removals.void(desk.books, str(request.txn_void_type), request.txn_id)
    body = leaves(
        TxnVoidType=txn.kind.tag,
        TxnID=txn.txn_id,
        TimeCreated=txn.time_created,
        TimeModified=txn.time_modified,
        RefNumber=txn.ref_number or None,
    )
    return Answered(OK, body, _recovery(txn), wrote=True)


def _txn_del(desk: Desk, request: Any) -> Answered:
    note = removals.delete(desk.books, str(request.txn_del_type), request.txn_id)
    body = leaves(TxnDelType=note.tag, TxnID=note.identity, TimeDeleted=note.time_deleted, RefNumber=note.name or None)
    return Answered(OK, body, ErrorRecovery(txn_id=note.identity), wrote=True)


def _list_del(desk: Desk, request: Any) -> Answered:
    note = list_changes.delete(desk.books, str(request.list_del_type), request.list_id)
    body = leaves(ListDelType=note.tag, ListID=note.identity, TimeDeleted=note.time_deleted, FullName=note.name)
    return Answered(OK, body, wrote=True)


def _ext_recovery(message: Any) -> ErrorRecovery:
    return ErrorRecovery(owner_id=message.owner_id)


def _ext_define(desk: Desk, request: Any) -> Answered:
    message = _payload(request)
    ret = extensions.define(desk.books, message)
    return Answered(OK, render(ret), _ext_recovery(message), wrote=True)


def _ext_add(desk: Desk, request: Any) -> Answered:
    message = _payload(request)
    return Answered(OK, render(extensions.add(desk.books, message)), _ext_recovery(message), wrote=True)


def _ext_mod(desk: Desk, request: Any) -> Answered:
    message = _payload(request)
    return Answered(OK, render(extensions.modify(desk.books, message)), _ext_recovery(message), wrote=True)


def _ext_del(desk: Desk, request: Any) -> Answered:
    message = _payload(request)
    return Answered(OK, render(extensions.delete(desk.books, message)), _ext_recovery(message), wrote=True)


def _host(desk: Desk, request: Any) -> Answered:
    asked = request.include_list_meta_data
    ret = company_facts.host(desk.books, with_capacities=asked is not None and asked.include_max_capacity)
    return Answered(OK, only(render(ret), _wanted(request)))


def _company(desk: Desk, request: Any) -> Answered:
    ret = company_facts.company(desk.books, request.owner_ids)
    return Answered(OK, only(render(ret), _wanted(request)))


def _preferences(desk: Desk, request: Any) -> Answered:
    return Answered(OK, only(render(company_facts.preferences(desk.books)), _wanted(request)))


def _list_query(tags: tuple[str, ...]) -> Handler:
    def handle(desk: Desk, request: Any) -> Answered:
        books = desk.books
        found = desk.iterators.page(request, books.counters, lambda: list_queries.list_elements(books, request, tags))
        owners: tuple[UUID, ...] = vars(request).get("owner_ids", ())

        def shown() -> Iterable[str]:
            for list_id in found.ids:
                if (entry := books.lists.get(list_id)) is not None:
                    yield render(showing.list_ret(books, entry, owners))

        return _listed(request, found, shown)

    return handle


def _txn_query(tag: str) -> Handler:
    def handle(desk: Desk, request: Any) -> Answered:
        books = desk.books
        found = desk.iterators.page(request, books.counters, lambda: queries.transactions(books, request, tag))
        held = vars(request)
        # Fields that are no lines at all on a payment stand there whether lines were asked for or not.
        lines = bool(held.get("include_line_items"))
        links = bool(held.get("include_linked_txns"))
        owners: tuple[UUID, ...] = held.get("owner_ids", ())

        def shown() -> Iterable[str]:
            for txn_id in found.ids:
                if (txn := books.transactions.get(txn_id)) is not None:
                    yield showing.txn_text(books, txn, lines=lines, links=links, owners=owners)

        return _listed(request, found, shown)

    return handle


def _transaction_query(desk: Desk, request: Any) -> Answered:
    books = desk.books
    found = desk.iterators.page(request, books.counters, lambda: queries.any_transactions(books, request))

    def shown() -> Iterable[str]:
        for txn_id in found.ids:
            if (txn := books.transactions.get(txn_id)) is not None:
                yield render(showing.summary_ret(txn))

    return _listed(request, found, shown)


def _to_deposit(desk: Desk, request: Any) -> Answered:
    waiting = deposits.waiting(desk.books)
    found = Found([txn.txn_id for txn in waiting], OK if waiting else NO_MATCH)
    return _listed(request, found, lambda: (render(deposits.waiting_ret(txn)) for txn in waiting))


def _listed(request: Any, found: Found, shown: Callable[[], Iterable[str]]) -> Answered:
    answered = Answered(found.remark)
    meta = str(request.meta_data or "NoMetaData")
    if meta != "NoMetaData":
        answered.attributes["retCount"] = len(found.ids)
    if found.iterator_id is not None:
        answered.attributes["iteratorRemainingCount"] = found.remaining or 0
        answered.attributes["iteratorID"] = found.iterator_id
    if meta != "MetaDataOnly" and not found.nothing_to_show:
        names = _wanted(request)
        answered.body = "\n".join(only(text, names) for text in shown())
    return answered


def _deleted_query(field_name: str, notes: Callable[[Books], list[Deleted]], write_one: Any) -> Handler:
    def handle(desk: Desk, request: Any) -> Answered:
        wanted = {str(one) for one in getattr(request, field_name)}
        span = request.deleted_date_range_filter
        start = local(desk.books, span.from_deleted_date) if span and span.from_deleted_date else None
        end = local(desk.books, span.to_deleted_date) if span and span.to_deleted_date else None
        told_since = desk.books.clock.time() - DELETED_ARE_TOLD_FOR
        found = [
            note
            for note in notes(desk.books)
            if note.tag in wanted
            and note.time_deleted >= told_since
            and (start is None or note.time_deleted >= start)
            and (end is None or note.time_deleted <= end)
        ]
        return _listed(
            request,
            Found([note.identity for note in found], OK if found else NO_MATCH),
            lambda: (render(write_one(note)) for note in found),
        )

    return handle


def _deleted_txn(note: Deleted) -> TxnDeletedRet:
    values: dict[str, Any] = {
        "txn_del_type": note.tag,
        "txn_id": note.identity,
        "time_created": note.time_created,
        "time_deleted": note.time_deleted,
        "ref_number": note.name or None,
    }
    return TxnDeletedRet(**values)


def _deleted_entry(note: Deleted) -> ListDeletedRet:
    values: dict[str, Any] = {
        "list_del_type": note.tag,
        "list_id": note.identity,
        "time_created": note.time_created,
        "time_deleted": note.time_deleted,
        "full_name": note.name,
    }
    return ListDeletedRet(**values)


_ADDED_LISTS = (
    *("Account", "Customer", "Vendor", "PaymentMethod", "ItemService", "ItemNonInventory", "ItemInventory"),
    *("ItemOtherCharge", "ItemDiscount", "ItemSalesTax"),
)

_CHANGED_LISTS = ("Customer", "ItemService", "ItemNonInventory", "ItemInventory", "ItemOtherCharge")

_ALL: dict[str, Handler] = {
    "HostQueryRq": _host,
    "CompanyQueryRq": _company,
    "PreferencesQueryRq": _preferences,
    **{f"{tag}AddRq": _list_add(tag) for tag in _ADDED_LISTS},
    **{f"{tag}ModRq": _list_mod(tag) for tag in _CHANGED_LISTS},
    **{tag: _list_query(tags) for tag, tags in list_queries.LIST_QUERIES.items()},
    **{f"{tag}AddRq": _txn_add(entering) for tag, entering in ENTERING.items()},
    **{f"{tag}ModRq": _txn_mod(entering) for tag, entering in ENTERING.items()},
    **{f"{tag}QueryRq": _txn_query(tag) for tag in ENTERING},
    "TransactionQueryRq": _transaction_query,
    "ReceivePaymentToDepositQueryRq": _to_deposit,
    "TxnVoidRq": _txn_void,
    "TxnDelRq": _txn_del,
    "ListDelRq": _list_del,
    "TxnDeletedQueryRq": _deleted_query("txn_del_types", lambda b: b.deleted_transactions, _deleted_txn),
    "ListDeletedQueryRq": _deleted_query("list_del_types", lambda b: b.deleted_entries, _deleted_entry),
    "DataExtDefAddRq": _ext_define,
    "DataExtAddRq": _ext_add,
    "DataExtModRq": _ext_mod,
    "DataExtDelRq": _ext_del,
}

HANDLERS = {tag: handler for tag, handler in _ALL.items() if tag in MESSAGES}
"""What is answered, by the tag of the request; some kinds cannot be changed by requests, only by people."""
