"""A billing day on a terminal: what it would bill, and what it has billed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qbwc_server.cli.connection_page import when
from qbwc_server.cli.output import paragraph, print_table, say


def show_plan(record: Mapping[str, Any]) -> None:
    """Customers with their lines, what a person should see, orphans, sums."""
    say(f"Billing day {record['billing_day']}, for {record['period_first']} to {record['period_last']}.")
    for problem in record["to_mend"]:
        paragraph(f"! {problem['message']} {problem['advice']}")
    if not record["to_mend"]:
        say("All is well: nothing has to be mended.")
    for one in record["customers"]:
        _show_customer(one)
    if not record["customers"]:
        say("Nobody is to be billed.")
    if record["orphans"]:
        say()
        say("Charges that nobody is billed for:")
        print_table(
            ("Organisation", "Product", "Period", "Quantity", "Why"),
            [
                (*(one[name] for name in ("organisation", "product", "period", "quantity", "message")),)
                for one in record["orphans"]
            ],
        )
    if record["costs"]:
        say()
        say("Costs that are not those of the items in QuickBooks (they are not written):")
        print_table(("Item", "Cost", "In QuickBooks"), [(o["item"], o["cost"], o["in_books"]) for o in record["costs"]])
    _show_sums(record["charges"])


def _show_customer(one: Mapping[str, Any]) -> None:
    last = one["last"]
    before = "" if last is None else f", {last['total'] or 'unknown'} on {last['billing_day']}"
    say()
    say(
        f"{one['customer']}: {one['kind'].replace('_', ' ')} of {one['total'] or 'unknown'}{before} ({one['standing']})"
    )
    for warning in one["warnings"]:
        paragraph(f"  ! {warning['message']} {warning['advice']}")
    for change in one["changes"]:
        say(f"  * {change}")
    print_table(
        ("Item", "Description", "Quantity", "Amount", "How", "Margin"),
        [
            (*(line[name] for name in ("item", "description", "quantity", "amount", "formula", "margin")),)
            for line in one["lines"]
        ],
        right=("Quantity", "Amount", "Margin"),
    )


def show_report(record: Mapping[str, Any], zone: str) -> None:
    """The documents, what was not billed, and sums."""
    say(f"Billing day {record['billing_day']}, done at {when(record['done_at'], zone)}.")
    print_table(
        ("Id", "Kind", "Customer", "State", "Total"),
        [(o["id"], o["kind"].replace("_", " "), o["customer"], o["state"], o["total"]) for o in record["documents"]],
        right=("Total",),
    )
    rest = [one for one in record["lines"] if one["outcome"] not in ("billed", "billed_before")]
    if rest:
        say()
        print_table(
            ("Organisation", "Product", "Quantity", "Cost", "Outcome", "Why"),
            [
                (
                    one["organisation"],
                    one["product"],
                    one["quantity"],
                    one["cost"],
                    one["outcome"].replace("_", " "),
                    one["message"],
                )
                for one in rest
            ],
            right=("Quantity", "Cost"),
        )
    _show_sums(record["charges"])
    _show_costs(record["costs"])


def _show_costs(costs: Sequence[Mapping[str, Any]]) -> None:
    left = [one for one in costs if one["state"] == "not_written"]
    if left:
        say()
        say("Unit costs that were not written to their items:")
        print_table(
            ("Item", "Cost", "Why"), [(one["item"], one["cost"], one["message"]) for one in left], right=("Cost",)
        )


def _show_sums(charges: Sequence[Mapping[str, Any]]) -> None:
    say()
    if not charges:
        say("No distributor has told what it charges for this period: qbwc-server connection list")
        return
    say("What the distributor charges:")
    print_table(
        ("Outcome", "Currency", "Cost"),
        [(one["outcome"].replace("_", " "), one["currency"], one["cost"]) for one in charges],
        right=("Cost",),
    )


def show_words(records: Sequence[Mapping[str, Any]]) -> None:
    """What each stands for; where it stands for nothing, what it may."""
    print_table(
        ("Connection", "Kind", "Word", "Called", "In QuickBooks", "Billed", "Invoices", "Perhaps"),
        [
            (
                one["connection_id"],
                one["kind"],
                one["word"],
                one["title"],
                one["entry"] or one["message"],
                "yes" if one["synchronise"] else "no",
                one["makes"],
                ", ".join(other["name"] for other in one["suggestions"]),
            )
            for one in records
        ],
    )
