"""What a channel declares of its start: what a person settles before anything of it enters the books.

The steps, their checks, the forms, the addresses of the API and the commands are made of this declaration: a source
that declares a start has all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qbwc_server.list_kinds import ListKind

if TYPE_CHECKING:
    from qbwc_server.channels.http import Upstream


@dataclass(frozen=True, slots=True)
class AccountFor:
    """An account that the books of a source need.

    Args:
        option: of the channel, that holds its name.
        title: what it is for, as bookkeepers say.
        fits: types of accounts that may be chosen, in QuickBooks' words; () for all.
        called: what accounts for this purpose are often called, the likeliest first.
        key: which of the names and values in the option, where it holds several.
    """

    option: str
    title: str
    fits: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    key: str = ""

    @property
    def place(self) -> str:
        """Its name in forms and addresses: OPTION, or OPTION.KEY."""
        return f"{self.option}.{self.key}" if self.key else self.option

    def chosen(self, options: Mapping[str, Any]) -> str | None:
        """The account that these options name, if any."""
        value = options.get(self.option)
        return (value or {}).get(self.key) if self.key else value


@dataclass(frozen=True, slots=True)
class NamesFor:
    """Entries of one list that a source adds one by one, or one for all, by the choice of a person.

    Args:
        option: that says which; its value ``detailed`` is one by one.
        title: what comes of upstream: customers, variants of products.
        kind: the list in which they are added.
    """

    option: str
    title: str
    kind: ListKind
    detailed: str = "detailed"
    summary: str = "summary"


@dataclass(frozen=True, slots=True)
class OpeningBalance:
    """What a source holds or owes when it is started, and that QuickBooks does not know from its documents.

    Args:
        code: its name in forms and addresses.
        account: the option that names its account.
        owed: whether it is a debt: gift cards are, money on its way to the bank is none.
    """

    code: str
    title: str
    account: str
    owed: bool = False


@dataclass(frozen=True, slots=True)
class Lacking:
    """A permission that the key upstream lacks, and what is missing in the books without it.

    ``needed``: nothing comes without it.
    """

    name: str
    missing: str
    needed: bool = False


@dataclass(frozen=True, slots=True)
class SeenUpstream:
    """What upstream says before the start.

    Args:
        lacking: permissions that the key lacks.
        coming: by option of ``NamesFor``, how many entries there are; one that cannot be counted is left out.
        balances: by code of ``OpeningBalance``, what it says it holds or owes at this moment.
        remarks: what the bookkeeper should know.
    """

    lacking: Sequence[Lacking] = ()
    coming: Mapping[str, int] = field(default_factory=dict)
    balances: Mapping[str, Decimal] = field(default_factory=dict)
    remarks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Start:
    """How a channel is started.

    Args:
        look: asks upstream what it lets us see, and what is to come. Raises UpstreamError.
        accounts: the categories of its books with these options.
        begins: the option that says from which day on documents come.
        names: choices that fill lists of the company file.
        openings: balances at the start; ``against`` is the option of the account that they are booked against.
        tax_code, tax_item: the options of the sales tax code of lines, and of the sales tax item of documents.
        asked: further options that are asked for beside the first day.
        older: a sentence that says what becomes of what began before the first day and goes on behind it.
        kept: options that stay as they are once documents have come: the same sale would be another document.
        locked: options that only a reset opens again once it is started; accounts are in any case.
    """

    look: Callable[[Any, Upstream], SeenUpstream]
    accounts: Callable[[Any], Sequence[AccountFor]]
    begins: str
    names: Sequence[NamesFor] = ()
    openings: Sequence[OpeningBalance] = ()
    against: str = ""
    tax_code: str = ""
    tax_item: str = ""
    asked: Sequence[str] = ()
    older: str = ""
    kept: Sequence[str] = ()
    locked: Sequence[str] = ()

    def closed(self, options: Any) -> frozenset[str]:
        """The options that nobody changes while it is started."""
        single = {one.option for one in self.accounts(options) if not one.key}
        names = {one.option for one in self.names}
        return frozenset({self.begins, *self.kept, *self.locked, *single, *names})
