"""The words of the set-up: steps, what is checked, what is advised."""

from __future__ import annotations

from qbwc_server.connector.public_address import Check
from qbwc_server.portal.translation import gettext, lazy_gettext, ngettext
from qbwc_server.portal.words import Chip
from qbwc_server.reports.set_up import Advice, SetUp, Step, StepState

STEP_STATES: dict[StepState, Chip] = {
    StepState.DONE: Chip("ok", "check", lazy_gettext("Done")),
    StepState.WAITING: Chip("wait", "clock", lazy_gettext("Waiting")),
    StepState.NOT_YET: Chip("off", "minus", lazy_gettext("Not yet")),
    StepState.TROUBLE: Chip("bad", "alert", lazy_gettext("There is a problem")),
}
CHECKS: dict[Check, lazy_gettext] = {
    Check.SECURE: lazy_gettext("The address begins with https, or is this very machine"),
    Check.CERTIFICATE: lazy_gettext("Its certificate is trusted"),
    Check.DESCRIPTION: lazy_gettext("The service describes itself there"),
    Check.SUPPORT: lazy_gettext("The support page is there"),
}
ADVICE: dict[Advice, lazy_gettext] = {
    Advice.CLOSING_DATE: lazy_gettext(
        "The books have a closing date. What is dated on or before it waits for you instead of being posted."
    ),
    Advice.NO_TAX_ITEM: lazy_gettext(
        "Sales tax is on, and no tax item is the usual one. Choose one in QuickBooks, or in the settings here."
    ),
    Advice.CLASSES: lazy_gettext("Classes are on. Documents may name one; QuickBooks may ask where none is named."),
    Advice.CURRENCIES: lazy_gettext("Several currencies are on. A document has that of its customer or vendor."),
    Advice.AUTO_APPLY: lazy_gettext(
        "QuickBooks applies payments by itself. Switch that off where documents say which invoice a payment is for."
    ),
    Advice.NO_INVENTORY: lazy_gettext("Inventory is off. Item receipts and purchase orders cannot be posted."),
}
_WAITED_FOR: dict[Step, lazy_gettext] = {
    Step.CALLED: lazy_gettext("The Web Connector has not called yet"),
    Step.ANSWERED: lazy_gettext("QuickBooks tells which company file is open"),
    Step.READ: lazy_gettext("Customers and items are read"),
    Step.CHECKED: lazy_gettext("The preferences of the company file are looked at"),
    Step.MAPPED: lazy_gettext("First mappings"),
}


def step_sentence(step: Step, state: StepState, seen: SetUp) -> str:
    """What a step says: the fact where it is done, else what is waited for."""
    if step is Step.READ and (state is StepState.DONE or any(seen.entries.values())):
        customers, items = seen.entries.values()
        one = ngettext("%(num)d customer", "%(num)d customers", customers)
        return gettext("%(customers)s and %(items)s are read") % {
            "customers": one,
            "items": ngettext("%(num)d item", "%(num)d items", items),
        }
    if step is Step.MAPPED and seen.unmapped:
        return ngettext(
            "%(num)d word of your documents needs an entry", "%(num)d words of your documents need an entry",
            seen.unmapped,
        )  # fmt: skip
    if state is not StepState.DONE:
        return str(_WAITED_FOR[step])
    return _fact(step, seen)


def _fact(step: Step, seen: SetUp) -> str:
    if step is Step.CALLED:
        if seen.version is None:
            return gettext("The Web Connector has called")
        return gettext("Web Connector %(version)s has called") % {"version": seen.version}
    if step is Step.ANSWERED and seen.facts is not None:
        return gettext("QuickBooks answered: %(company)s, %(product)s, qbXML %(version)s") % {
            "company": seen.facts.company_name or "–",
            "product": seen.facts.product or "–",
            "version": seen.facts.qbxml_version,
        }
    if step is Step.CHECKED:
        if not seen.advice:
            return gettext("The preferences of the company file suit")
        count = len(seen.advice)
        return ngettext("%(num)d preference is worth knowing", "%(num)d preferences are worth knowing", count)
    return gettext("Nothing waits for a mapping")
