"""The steps before a source is started, in their order: each says how it stands, and what there is to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy.orm import Session

from qbwc_server.channels.connections.finding import channel_of, effective_options
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.start import Start
from qbwc_server.channels.starting.accounts import Accounts, AccountSeen
from qbwc_server.channels.starting.looking import Looked, looked_of, start_of
from qbwc_server.channels.starting.room import RoomFor, RoomState, room_for
from qbwc_server.channels.starting.tax import TaxSeen, tax_seen


class StartStep(StrEnum):
    """What is settled before the start, in this order."""

    ACCESS = "access"
    TAX = "tax"
    ACCOUNTS = "accounts"
    NAMES = "names"
    BEGIN = "begin"


class StepStands(StrEnum):
    """How a step stands."""

    DONE = "done"
    LOOK = "look"  # it can be started so; a person should know what that means
    BLOCKED = "blocked"  # it cannot be started


@dataclass(frozen=True, slots=True)
class StepSeen:
    """One step: how it stands, and the sentences that say why, each with what to do."""

    step: StartStep
    stands: StepStands
    said: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class StartSeen:
    """All that is known before the start of a connection."""

    steps: tuple[StepSeen, ...]
    looked: Looked | None
    tax: TaxSeen
    accounts: tuple[AccountSeen, ...]
    room: tuple[RoomFor, ...]
    begins: date | None

    @property
    def is_ready(self) -> bool:
        """Whether nothing stands against starting it."""
        return all(one.stands is not StepStands.BLOCKED for one in self.steps)


def start_seen(db: Session, row: Connection) -> StartSeen:
    """How every step stands at this moment. Raises NoStart."""
    start, looked, options = start_of(row), looked_of(row), effective_options(row)
    read = channel_of(row).options.model_construct(**options)
    accounts = Accounts(db, row.company_id)
    seen = tuple(accounts.seen(start.accounts(read), options))
    tax = tax_seen(db, row.company_id, start, options)
    room = tuple(room_for(db, row.company_id, start.names, options, {} if looked is None else looked.coming))
    begins = options.get(start.begins)
    steps = (
        _access(looked),
        _tax(tax),
        _accounts(seen, read=accounts.are_read),
        _names(room),
        _begin(start, looked, begins),
    )
    return StartSeen(steps, looked, tax, seen, room, None if not begins else date.fromisoformat(str(begins)))


def _step(step: StartStep, blocked: Sequence[tuple[str, str]], look: Sequence[tuple[str, str]], done: str) -> StepSeen:
    if blocked:
        return StepSeen(step, StepStands.BLOCKED, (*blocked, *look))
    return StepSeen(step, StepStands.LOOK, tuple(look)) if look else StepSeen(step, StepStands.DONE, ((done, ""),))


def _access(looked: Looked | None) -> StepSeen:
    if looked is None:
        return _step(StartStep.ACCESS, [("Upstream was not asked yet.", "Have it looked at.")], [], "")
    if looked.notice is not None:
        return _step(StartStep.ACCESS, [(looked.notice.message, looked.notice.advice)], [], "")
    blocked = [(_lacking(one.name, one.missing), "Allow it, then look again.") for one in looked.lacking if one.needed]
    look = [(_lacking(one.name, one.missing), "") for one in looked.lacking if not one.needed]
    look += [(one, "") for one in looked.remarks]
    return _step(StartStep.ACCESS, blocked, look, "The key may see everything that is of use here.")


def _lacking(name: str, missing: str) -> str:
    return f"The key lacks {name}; missing in the books: {missing}."


def _tax(tax: TaxSeen) -> StepSeen:
    if tax.charged is None:
        advice = "Run the Web Connector once while the company file is open."
        return _step(StartStep.TAX, [("QuickBooks has not told yet whether it charges sales tax.", advice)], [], "")
    if not tax.charged:
        done = "QuickBooks charges no sales tax. The tax that upstream charged is a line of its own."
        return _step(StartStep.TAX, [], [], done)
    if not tax.code_is_free:
        which = "No sales tax code that is not taxable is known" if tax.code is None else f"{tax.code} is taxable"
        said = f"{which}: QuickBooks would charge the tax a second time."
        return _step(StartStep.TAX, [(said, "Choose a code that is not taxable, such as Non.")], [], "")
    done = f"Every line goes to QuickBooks with the code {tax.code}, so that it adds no tax to that of upstream."
    item, rate = (tax.item, tax.rate) if tax.item else (tax.usual_item, tax.usual_rate)
    if item is None or rate != 0:
        usual = "no sales tax item is the most common one" if item is None else f"{item} is not known to be of 0 %"
        said = f"{done} Its reports stay clearer with a sales tax item of 0 %: {usual}."
        advice = "Choose one of 0 %, or have it added with the next update."
        coming = "" if tax.coming is None else f" {tax.coming} is added with the next update."
        return _step(StartStep.TAX, [], [(said + coming, advice)], "")
    return _step(StartStep.TAX, [], [], f"{done} Sales tax item: {item}, 0 %.")


def _accounts(seen: Sequence[AccountSeen], *, read: bool) -> StepSeen:
    wrong = [(one.problem.message, one.problem.advice) for one in seen if one.problem is not None]
    lacking = [one.category.title for one in seen if not one.chosen]
    look = []
    if not read:
        wrong.append(("The accounts of QuickBooks were not read yet.", "Have the lists read, and run an update."))
    elif lacking:
        said = f"Without an account: {', '.join(lacking)}."
        look.append((said, "Choose them; what needs one waits until its word is mapped."))
    return _step(StartStep.ACCOUNTS, wrong, look, "Every category has an account that fits.")


def _names(room: Sequence[RoomFor]) -> StepSeen:
    blocked = [(one.sentence, "Choose summary.") for one in room if one.is_refused]
    unsure = [one for one in room if one.detailed and one.state is RoomState.UNKNOWN]
    blocked += [(one.sentence, "Have the lists read and upstream looked at, or choose summary.") for one in unsure]
    look = [(one.sentence, "") for one in room if one.state is RoomState.NEAR]
    return _step(StartStep.NAMES, blocked, look, "The lists of QuickBooks have room.")


def _begin(start: Start, looked: Looked | None, begins: object) -> StepSeen:
    if not begins:
        said = "The first day is not chosen: what is older stays as it is in the books."
        return _step(StartStep.BEGIN, [(said, "Choose it, such as the first of a month.")], [], "")
    older = [(start.older, "")] if start.older else []
    balances = {} if looked is None else looked.balances
    held = [one.title for one in start.openings if balances.get(one.code, Decimal(0))]
    done = f"Documents come from {begins} on."
    if not held:
        return _step(StartStep.BEGIN, [], older and [(done, ""), *older], done)
    said = f"{done} Upstream tells of {' and '.join(held)}: confirm what they were before that day when you start."
    return _step(StartStep.BEGIN, [], [(said, ""), *older], "")
