"""The words of how a company bills: each setting, and each of its choices, as the form says them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from qbwc_server.portal.option_form import Field
from qbwc_server.portal.translation import lazy_gettext


class Term(NamedTuple):
    """One setting in words."""

    title: lazy_gettext
    help: lazy_gettext | None = None
    choices: dict[str, lazy_gettext] = {}  # noqa: RUF012
    input_type: str | None = None


TERMS: dict[str, Term] = {
    "mode": Term(
        lazy_gettext("Billing mode"),
        lazy_gettext("It is locked once a distributor is connected."),
        {
            "pre_bill": lazy_gettext("Before, when a period begins"),
            "post_bill": lazy_gettext("After, when a period has ended"),
        },
    ),
    "day": Term(
        lazy_gettext("Billing day"),
        lazy_gettext("Day of the month, 1 to 31. A shorter month is billed on its last day."),
    ),
    "first_day": Term(
        lazy_gettext("First billing day"), lazy_gettext("Nothing is billed before this day."), input_type="date"
    ),
    "at": Term(
        lazy_gettext("Time"), lazy_gettext("When invoices are made, by the clocks of the time zone."), input_type="time"
    ),
    "zone": Term(lazy_gettext("Time zone"), lazy_gettext("Such as America/New_York.")),
    "proration": Term(
        lazy_gettext("Proration"),
        lazy_gettext("Which changes within a period are billed by the days that they last."),
        {
            "none": lazy_gettext("None"),
            "additions": lazy_gettext("What is added"),
            "removals": lazy_gettext("What is removed"),
            "both": lazy_gettext("Both, what is added and what is removed"),
        },
    ),
    "changes": Term(
        lazy_gettext("Changes within a period"),
        None,
        {
            "own_lines": lazy_gettext("Each on a line of its own"),
            "folded_in": lazy_gettext("Folded in: one line for each offer"),
        },
    ),
    "annual": Term(
        lazy_gettext("Annual subscriptions"),
        None,
        {
            "once": lazy_gettext("Once, when the term begins"),
            "twelfths": lazy_gettext("In twelve parts, one each month"),
        },
    ),
    "not_billed_yet": Term(
        lazy_gettext("Charges that the distributor has not billed yet"),
        lazy_gettext("What is billed and changes later is a correction on the next invoice."),
        {
            "bill": lazy_gettext("Bill them as they are now"),
            "wait": lazy_gettext("Wait until they are billed"),
        },
    ),
    "makes": Term(
        lazy_gettext("Invoices"),
        lazy_gettext("For organisations of which nothing else is said."),
        {
            "create": lazy_gettext("A new one is made"),
            "update": lazy_gettext("The newest unsent one is changed"),
        },
    ),
    "unsent": Term(
        lazy_gettext("What counts as not sent"),
        lazy_gettext(
            "Strict: its e-mail or print flag is set, nothing was paid, its period is open, it is not marked here; "
            "with both flags off it counts as sent. "
            "Marked: nothing was paid, its period is open, it is not marked here."
        ),
        {
            "strict": lazy_gettext("Strict"),
            "marked": lazy_gettext("Marked"),
        },
    ),
    "no_invoice": Term(
        lazy_gettext("No invoice to change until the end of the day"),
        None,
        {"create": lazy_gettext("A new one is made"), "report": lazy_gettext("It is only reported")},
    ),
    "cost": Term(
        lazy_gettext("Unit cost"),
        None,
        {
            "without_performance": lazy_gettext("Without the performance tier"),
            "with_performance": lazy_gettext("With the performance tier"),
        },
    ),
    "delivery": Term(
        lazy_gettext("Sending of new invoices"),
        None,
        {
            "by_quickbooks": lazy_gettext("As the customer prefers"),
            "email": lazy_gettext("To be e-mailed"),
            "print": lazy_gettext("To be printed"),
            "both": lazy_gettext("To be e-mailed and printed"),
            "neither": lazy_gettext("Neither"),
        },
    ),
    "approval": Term(
        lazy_gettext("Approval"),
        lazy_gettext("Without it, whoever has no warning that nobody has acknowledged is billed by itself."),
        {
            "automatic": lazy_gettext("Not needed"),
            "needed": lazy_gettext("Needed"),
        },
    ),
    "class_name": Term(lazy_gettext("Class"), lazy_gettext("Of the lines, where classes are used.")),
}


def in_words(fields: Iterable[Field]) -> list[Field]:
    """The fields of the form with these words."""
    return [
        replace(
            one,
            title=str(term.title),
            help="" if term.help is None else str(term.help),
            words={value: str(words) for value, words in term.choices.items()},
            input_type=term.input_type,
        )
        if (term := TERMS.get(one.option.name))
        else one
        for one in fields
    ]
