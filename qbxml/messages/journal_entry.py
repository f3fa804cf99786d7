"""Journal entries: add and query."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from qbxml.aggregate import Aggregate
from qbxml.declaration import any_of, at_most_one, attribute, element, ref
from qbxml.message import IteratedQueryResponse, Request, Response
from qbxml.messages.purchase_lines import BillableStatus
from qbxml.queries import TxnQueryRq
from qbxml.returned import TxnRet
from qbxml.shared import DataExtRet, ErrorRecovery, Ref
from qbxml.values import Amount, ExchangeRate, Id, Macro


class JournalLine(Aggregate):
    """What a debit and a credit have in common. A line on receivables names a customer, one on payables a vendor."""

    def_macro: Macro | None = attribute("defMacro", default=None)
    txn_line_id: Id | None = element("TxnLineID", default=None)
    account: Ref | None = ref("AccountRef", 159, default=None)
    amount: Amount | None = element("Amount", default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    entity: Ref | None = ref("EntityRef", 209, default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    billable_status: BillableStatus | None = element("BillableStatus", default=None, since=(3, 0))


class JournalDebitLine(JournalLine):
    """A debit."""


class JournalCreditLine(JournalLine):
    """A credit."""


class JournalEntryAdd(Aggregate):
    """A journal entry to be entered."""

    def_macro: Macro | None = attribute("defMacro", default=None)
    txn_date: date | None = element("TxnDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    is_adjustment: bool | None = element("IsAdjustment", default=None, since=(3, 0))
    is_home_currency_adjustment: bool | None = element("IsHomeCurrencyAdjustment", default=None, since=(8, 0))
    is_amounts_entered_in_home_currency: bool | None = element(
        "IsAmountsEnteredInHomeCurrency", default=None, since=(8, 0)
    )
    currency: Ref | None = ref("CurrencyRef", 64, default=None, since=(8, 0))
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    lines: tuple[JournalDebitLine | JournalCreditLine, ...] = element("JournalDebitLine", "JournalCreditLine")
    choices = (
        at_most_one(
            "is_home_currency_adjustment", any_of("is_amounts_entered_in_home_currency", "currency", "exchange_rate")
        ),
    )


class JournalEntryAddRq(Request):
    """Enter a journal entry."""

    journal_entry_add: JournalEntryAdd = element("JournalEntryAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class JournalEntryQueryRq(TxnQueryRq):
    """Look for journal entries."""


class JournalEntryRet(TxnRet):
    """A journal entry, as it stands in the books."""

    txn_date: date = element("TxnDate")
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    is_adjustment: bool | None = element("IsAdjustment", default=None, since=(3, 0))
    is_home_currency_adjustment: bool | None = element("IsHomeCurrencyAdjustment", default=None, since=(8, 0))
    is_amounts_entered_in_home_currency: bool | None = element(
        "IsAmountsEnteredInHomeCurrency", default=None, since=(8, 0)
    )
    currency: Ref | None = ref("CurrencyRef", 64, default=None, since=(8, 0))
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(9, 0))
    lines: tuple[JournalDebitLine | JournalCreditLine, ...] = element(
        "JournalDebitLine", "JournalCreditLine", default=()
    )
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))


class JournalEntryAddRs(Response):
    """The answer to :class:`JournalEntryAddRq`."""

    journal_entry_ret: JournalEntryRet | None = element("JournalEntryRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class JournalEntryQueryRs(IteratedQueryResponse):
    """The answer to :class:`JournalEntryQueryRq`."""

    journal_entry_rets: tuple[JournalEntryRet, ...] = element("JournalEntryRet", default=())


class JournalLineType(StrEnum):
    """The side on which a new line of a journal entry stands."""

    DEBIT = "Debit"
    CREDIT = "Credit"


class JournalLineMod(Aggregate):
    """A line of a journal entry to be kept or changed, or a new one (id -1)."""

    txn_line_id: Id = element("TxnLineID")
    journal_line_type: JournalLineType | None = element("JournalLineType", default=None)
    account: Ref | None = ref("AccountRef", 159, default=None)
    amount: Amount | None = element("Amount", default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    entity: Ref | None = ref("EntityRef", 209, default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    billable_status: BillableStatus | None = element("BillableStatus", default=None)


class JournalEntryMod(Aggregate):
    """The changes to a journal entry; what is left out stays as it is."""

    txn_id: Id = element("TxnID")
    edit_sequence: str = element("EditSequence", max_length=16)
    txn_date: date | None = element("TxnDate", default=None)
    ref_number: str | None = element("RefNumber", default=None, max_length=11)
    is_adjustment: bool | None = element("IsAdjustment", default=None)
    is_amounts_entered_in_home_currency: bool | None = element(
        "IsAmountsEnteredInHomeCurrency", default=None, since=(8, 0)
    )
    currency: Ref | None = ref("CurrencyRef", 64, default=None, since=(8, 0))
    exchange_rate: ExchangeRate | None = element("ExchangeRate", default=None, since=(8, 0))
    journal_line_mods: tuple[JournalLineMod, ...] = element("JournalLineMod", default=())


class JournalEntryModRq(Request, since=(6, 0)):
    """Change a journal entry."""

    journal_entry_mod: JournalEntryMod = element("JournalEntryMod")
    include_ret_elements: tuple[str, ...] = element("IncludeRetElement", default=(), max_length=50, droppable=True)


class JournalEntryModRs(Response, since=(6, 0)):
    """The answer to :class:`JournalEntryModRq`."""

    journal_entry_ret: JournalEntryRet | None = element("JournalEntryRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


MESSAGES = (
    JournalEntryAddRq,
    JournalEntryQueryRq,
    JournalEntryRet,
    JournalEntryAddRs,
    JournalEntryQueryRs,
    JournalEntryModRq,
    JournalEntryModRs,
)
