"""Tax that a source has charged is not charged again: QuickBooks is told so on each line, else a person is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.books.mirror.keys import name_key
from qbwc_server.books.mirror.models import MirrorEntry
from qbwc_server.books.models import CompanyFacts
from qbwc_server.books.preferences import file_facts
from qbwc_server.channels.contract import Draft
from qbwc_server.documents.kinds import Document
from qbwc_server.documents.problems import Problem
from qbwc_server.list_kinds import ListKind

TAX_TWICE = "tax_may_be_added_twice"


@dataclass(frozen=True, slots=True)
class TaxOnce:
    """What the company file says of its sales tax, as far as a document depends on it.

    Args:
        charged: whether QuickBooks charges sales tax; None: it has not said.
        untaxed: the code that it uses by itself for what is not taxable.
        codes: by name as QuickBooks compares it, whether a code is taxable; those that are known.
    """

    charged: bool | None
    untaxed: str | None
    codes: dict[str, bool]

    @classmethod
    def of(cls, db: Session, company_id: int) -> TaxOnce:
        """As the company file was when it was last open."""
        said = file_facts(db.get(CompanyFacts, company_id)).preferences
        rows = db.execute(
            select(MirrorEntry.name_key, MirrorEntry.rest).where(
                MirrorEntry.company_id == company_id,
                MirrorEntry.kind == ListKind.SALES_TAX_CODE,
                MirrorEntry.gone.is_(None),
            )
        )
        codes = {key: bool(rest["is_taxable"]) for key, rest in rows if rest.get("is_taxable") is not None}
        if said.non_taxable_code:
            codes.setdefault(name_key(said.non_taxable_code), False)
        return cls(said.sales_tax, said.non_taxable_code, codes)

    def settle(self, draft: Draft) -> Draft:
        """The draft as QuickBooks adds no tax to it; where that is not certain, with the question for a person."""
        lines = getattr(draft.document, "lines", None)
        if not draft.tax_is_told or not lines:
            return draft
        if self.charged is None:
            return _asked(draft, _NOT_TOLD)
        document = self._with_codes(draft.document)
        settled = replace(draft, document=document, words=draft.words)
        wrong = next(self._wrong(document), None)
        return settled if wrong is None else _asked(settled, wrong)

    def _with_codes(self, document: Document) -> Document:
        """Each line with its code; without any where QuickBooks charges no tax, since it refuses them then."""
        lines: list[Any] = list(getattr(document, "lines", ()))
        codes = [(one.tax_code or self.untaxed) if self.charged else None for one in lines]
        changed = tuple(
            one if one.tax_code == code or not one.item else one.model_copy(update={"tax_code": code})
            for one, code in zip(lines, codes, strict=True)
        )
        update: dict[str, Any] = {} if changed == tuple(lines) else {"lines": changed}
        if not self.charged and getattr(document, "sales_tax_item", None):
            update["sales_tax_item"] = None
        return document.model_copy(update=update) if update else document

    def _wrong(self, document: Document) -> Iterator[Problem]:
        if not self.charged:
            return
        for at, one in enumerate(getattr(document, "lines", ())):
            if one.item and (one.tax_code is None or self.codes.get(name_key(one.tax_code)) is not False):
                yield _problem(f"lines[{at}].tax_code", one.tax_code)


def _problem(field: str, code: str | None) -> Problem:
    which = (
        "no code that is not taxable is known" if code is None else f"the code {code} is not known to be free of tax"
    )
    return Problem(
        TAX_TWICE,
        field,
        f"The source has charged the tax, QuickBooks charges sales tax as well, and {which}.",
        "Choose a sales tax code that is not taxable in the options of the connection, then run it again with --again.",
    )


_NOT_TOLD = Problem(
    TAX_TWICE,
    "lines[0].tax_code",
    "The source has charged the tax, and QuickBooks has not told yet whether it charges sales tax as well.",
    "Wait for the first update, then run the connection again with: --again --since DATE",
)


def _asked(draft: Draft, problem: Problem) -> Draft:
    return replace(draft, reviews=(*draft.reviews, problem))
