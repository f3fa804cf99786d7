"""What is still to be done before a company bills: one step after the other, each with the page where it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.billing_runs.keeping import charge_connections
from qbwc_server.billing_runs.models import BillingRun
from qbwc_server.billing_runs.words import words_billed
from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.portal.translation import lazy_gettext
from qbwc_server.reports.set_up import Step, StepState, set_up_of
from qbwc_server.tenancy.models import Company


@dataclass(frozen=True, slots=True)
class BillingStep:
    """One step; the first that is not done is the next."""

    title: lazy_gettext
    how: lazy_gettext
    done: bool
    address: str


def steps_of(db: Session, company: Company, plan: Mapping[str, Any] | None, now: datetime) -> list[BillingStep]:
    """The steps in their order; empty once all of them are done, or a day was billed.

    Args:
        plan: the record of the next day; None before anybody has said how the company bills.
    """
    billed = select(BillingRun.id).where(BillingRun.company_id == company.id, BillingRun.done_at.is_not(None)).limit(1)
    if db.scalar(billed) is not None:
        return []
    read = set_up_of(db, company).states[Step.READ] is StepState.DONE
    working = [one for one in charge_connections(db, company.id) if one.state is not ConnectionState.BEING_SET_UP]
    told = plan is not None and bool(plan["charges"])
    words = [] if plan is None else words_billed(db, company.id, now, suggesting=False)
    unmapped = {one.said.kind for one in words if one.problem is not None and one.synchronise}
    code = company.code
    steps = [
        BillingStep(
            lazy_gettext("Say how it bills"),
            lazy_gettext("Mode, proration, day of the month."),
            plan is not None,
            url_for("portal.billing_settings", code=code),
        ),
        BillingStep(
            lazy_gettext("Connect QuickBooks"),
            lazy_gettext("Download the file, add it to the Web Connector, press Update Selected there."),
            read,
            url_for("portal.set_up", code=code),
        ),
        BillingStep(
            lazy_gettext("Connect the distributor"),
            lazy_gettext("Its keys, and a test of them; or upload what it charges."),
            bool(working) and told,
            url_for("portal.connections", code=code),
        ),
        BillingStep(
            lazy_gettext("Map offers"),
            lazy_gettext("A product or service of QuickBooks for each."),
            told and WordKind.ITEM not in unmapped,
            url_for("portal.billing_words", code=code, kind=WordKind.ITEM.value),
        ),
        BillingStep(
            lazy_gettext("Map organisations"),
            lazy_gettext("A customer of QuickBooks for each; then save and synchronise."),
            told and WordKind.CUSTOMER not in unmapped,
            url_for("portal.billing_words", code=code, kind=WordKind.CUSTOMER.value),
        ),
    ]
    return [] if all(one.done for one in steps) else steps
