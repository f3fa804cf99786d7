"""Sales orders only where the edition of QuickBooks has them: else an estimate, or nothing until it is a sale."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from qbwc_server.books.models import CompanyFacts
from qbwc_server.books.preferences import file_facts
from qbwc_server.channels.contract import Draft
from qbwc_server.documents.kinds.estimate import Estimate
from qbwc_server.documents.kinds.sales_order import SalesOrder

_NOT_ON_AN_ESTIMATE = {"kind", *(SalesOrder.model_fields.keys() - Estimate.model_fields.keys())}


@dataclass(frozen=True, slots=True)
class OrdersKept:
    """What the company file has for an order that is no sale yet; None: it has not said."""

    sales_orders: bool | None = None
    estimates: bool | None = None

    @classmethod
    def of(cls, db: Session, company_id: int) -> OrdersKept:
        """As the company file was when it was last open."""
        facts = file_facts(db.get(CompanyFacts, company_id))
        return cls(facts.sales_orders, facts.preferences.estimates)

    def settle(self, draft: Draft) -> Draft | None:
        """The draft as the file can keep it; None: it waits until it is a sale."""
        document = draft.document
        if self.sales_orders is not False or not isinstance(document, SalesOrder):
            return draft
        if self.estimates is False:
            return None
        said = document.model_dump(by_alias=True, exclude_none=True, exclude=_NOT_ON_AN_ESTIMATE)
        return replace(draft, document=Estimate.model_validate(said))
