"""The account of every category of a source: whether it is there and fits, and which the company file suggests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.books.mirror.keys import name_key, search_key
from qbwc_server.books.mirror.models import MirrorEntry, MirrorList
from qbwc_server.books.mirror.search import likeness_of
from qbwc_server.channels.start import AccountFor
from qbwc_server.documents.problems import Problem
from qbwc_server.list_kinds import ListKind

MOST = 3  # suggestions for one category
SURE = 90  # percent of likeness from which a suggestion is taken unseen
_NEAR = 75
_ONE_OF_ITS_TYPE = ("AccountsReceivable", "AccountsPayable", "CostOfGoodsSold")
_QUICKBOOKS_OWN = ("SalesTaxPayable",)  # it posts there by itself, and takes nothing else


@dataclass(frozen=True, slots=True)
class Suggested:
    """An account of the company file that may be meant, and how like its name is, in percent."""

    name: str
    likeness: int


@dataclass(frozen=True, slots=True)
class AccountSeen:
    """One category: what was chosen for it, and what is to be said of that.

    Args:
        entry_type: of the chosen account, where the company file has it.
        problem: why the chosen one cannot be used.
        suggested: where nothing is chosen, the likeliest first.
    """

    category: AccountFor
    chosen: str | None
    entry_type: str | None
    problem: Problem | None
    suggested: tuple[Suggested, ...] = ()


class Accounts:
    """The chart of accounts of a company as QuickBooks told it last."""

    def __init__(self, db: Session, company_id: int) -> None:
        rows = db.scalars(
            select(MirrorEntry)
            .where(
                MirrorEntry.company_id == company_id,
                MirrorEntry.kind == ListKind.ACCOUNT,
                MirrorEntry.gone.is_(None),
            )
            .order_by(MirrorEntry.search_key, MirrorEntry.id)
        ).all()
        self._by_name = {row.name_key: row for row in rows}
        self._active = [row for row in rows if row.active]
        read = db.get(MirrorList, (company_id, ListKind.ACCOUNT))
        self.are_read = read is not None and read.whole_at is not None

    def seen(self, categories: Iterable[AccountFor], options: Mapping[str, Any]) -> list[AccountSeen]:
        """Every category with what was chosen or what is suggested for it."""
        return [self._seen(one, one.chosen(options)) for one in categories]

    def fitting(self, category: AccountFor) -> list[str]:
        """The names of all accounts that may be chosen for it."""
        return [row.full_name for row in self._fitting(category)]

    def _seen(self, category: AccountFor, chosen: str | None) -> AccountSeen:
        if not chosen:
            return AccountSeen(category, None, None, None, self._suggested(category))
        row = self._by_name.get(name_key(chosen))
        if row is None:
            return AccountSeen(category, chosen, None, self._not_there(category, chosen))
        return AccountSeen(category, row.full_name, row.entry_type, _unfit(category, row))

    def _not_there(self, category: AccountFor, chosen: str) -> Problem | None:
        if not self.are_read:
            return None
        said = f"QuickBooks has no account {chosen}, which was chosen for {category.title}."
        return Problem("account_missing", category.place, said, "Create it in QuickBooks, or choose another one.")

    def _fitting(self, category: AccountFor) -> list[MirrorEntry]:
        return [one for one in self._active if not category.fits or one.entry_type in category.fits]

    def _suggested(self, category: AccountFor) -> tuple[Suggested, ...]:
        fitting = [
            one for one in self._fitting(category) if one.rest.get("special_account_type") not in _QUICKBOOKS_OWN
        ]
        if len(fitting) == 1 and set(category.fits) & set(_ONE_OF_ITS_TYPE):
            return (Suggested(fitting[0].full_name, 100),)
        found = [Suggested(one.full_name, _likeness(category.called, one.full_name)) for one in fitting]
        near = sorted((one for one in found if one.likeness >= _NEAR), key=lambda one: (-one.likeness, one.name))
        return tuple(near[:MOST])


def sure_ones(seen: Iterable[AccountSeen]) -> dict[str, str]:
    """By place, the account that leaves no doubt for each category for which nothing was chosen."""
    found: dict[str, str] = {}
    for one in seen:
        first, *others = (*one.suggested, None)
        if first is None or first.likeness < SURE:
            continue
        if not any(other is not None and other.likeness == first.likeness for other in others):
            found[one.category.place] = first.name
    return found


def changes(categories: Sequence[AccountFor], chosen: Mapping[str, str | None], options: Mapping[str, Any]) -> Any:
    """The options that change where these accounts are chosen by place; None or nothing takes one away."""
    found: dict[str, Any] = {}
    for one in categories:
        if one.place not in chosen:
            continue
        name = chosen[one.place] or None
        if not one.key:
            found[one.option] = name
            continue
        several = dict(found.get(one.option, options.get(one.option) or {}))
        several.pop(one.key, None)
        found[one.option] = {**several, one.key: name} if name else several
    return found


def _unfit(category: AccountFor, row: MirrorEntry) -> Problem | None:
    if category.fits and row.entry_type not in category.fits:
        said = (
            f"{row.full_name} is of type {row.entry_type}; for {category.title} it has to be {_either(category.fits)}."
        )
        return Problem("account_type", category.place, said, "Choose another account.")
    if not row.active:
        said = f"{row.full_name}, which was chosen for {category.title}, is inactive in QuickBooks."
        return Problem("account_inactive", category.place, said, "Make it active there, or choose another one.")
    if row.rest.get("special_account_type") in _QUICKBOOKS_OWN:
        said = f"{row.full_name} is the account that QuickBooks keeps by itself for the sales tax that it charges."
        advice = "Choose another liability for the tax that the source has charged, so that each stays clear."
        return Problem("account_own", category.place, said, advice)
    return None


def _either(types: Sequence[str]) -> str:
    return " or ".join(types)


def _likeness(called: Sequence[str], full_name: str) -> int:
    """How like a name is to what such accounts are called; what comes first there is a little likelier."""
    own = search_key(full_name.rpartition(":")[2])
    likenesses = [likeness_of(search_key(one), own, None) - rank for rank, one in enumerate(called)]
    return max(likenesses, default=0)
