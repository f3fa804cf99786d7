"""The words of connections, mappings, lists, members and tokens."""

from __future__ import annotations

from qbwc_server.billing_runs.models import Outcome as BillingOutcomes
from qbwc_server.billing_runs.plan import Standing as BillingStanding
from qbwc_server.billing_runs.settings import Makes
from qbwc_server.bulk.models import ItemState
from qbwc_server.channels.connections.states import ConnectionState, RunOutcome
from qbwc_server.channels.report import Kept
from qbwc_server.connector.numbers import Mends
from qbwc_server.list_kinds import ListKind
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.mapping.suggesting import Reason
from qbwc_server.outbox.rows import DeliveryState
from qbwc_server.outbox.webhooks import WebhookEvent
from qbwc_server.portal.translation import gettext, lazy_gettext
from qbwc_server.portal.words import Chip
from qbwc_server.reports.entries import GivenBy
from qbwc_server.tenancy.mail_choices import ByMail
from qbwc_server.tenancy.permissions import Role, Scope
from qbwc_server.tenancy.tokens import TokenState

BULK_ACTIONS = {
    "submit": lazy_gettext("Submit"),
    "retry": lazy_gettext("Submit again what failed"),
    "exclude": lazy_gettext("Exclude"),
    "restore": lazy_gettext("Restore"),
    "map": lazy_gettext("Map words"),
}
BULK_RESULTS: dict[str, Chip] = {
    ItemState.WAITING: Chip("wait", "clock", lazy_gettext("Waiting")),
    ItemState.DONE: Chip("ok", "check", lazy_gettext("Done")),
    ItemState.REFUSED: Chip("bad", "alert", lazy_gettext("Not done")),
}
GIVEN_BY: dict[str, lazy_gettext] = {
    GivenBy.SOURCE: lazy_gettext("Its source"),
    GivenBy.MAPPING: lazy_gettext("A mapping"),
    GivenBy.RULE: lazy_gettext("A rule"),
    GivenBy.LEARNT: lazy_gettext("What was chosen before"),
    GivenBy.OPTION: lazy_gettext("An option of the connection"),
    GivenBy.PERSON: lazy_gettext("A person, here"),
    GivenBy.NOTHING: lazy_gettext("Nothing yet"),
}
FINDINGS: dict[str, Chip] = {
    Kept.PROBLEM: Chip("bad", "alert", lazy_gettext("Not taken")),
    Kept.SKIPPED: Chip("off", "minus", lazy_gettext("Left out")),
    Kept.FOR_REVIEW: Chip("warn", "eye", lazy_gettext("Waits for review")),
    Kept.NOTE: Chip("off", "file", lazy_gettext("To know")),
}
CONNECTION_STATES: dict[str, Chip] = {
    ConnectionState.BEING_SET_UP: Chip("warn", "eye", lazy_gettext("Not tried yet")),
    ConnectionState.RUNNING: Chip("ok", "check", lazy_gettext("Working")),
    ConnectionState.FAILING: Chip("bad", "alert", lazy_gettext("Failing")),
    ConnectionState.NEEDS_SIGN_IN: Chip("bad", "key", lazy_gettext("Needs a key")),
    ConnectionState.PAUSED: Chip("off", "hand", lazy_gettext("Paused")),
    ConnectionState.DISCONNECTED: Chip("off", "minus", lazy_gettext("Disconnected")),
}
RUN_OUTCOMES: dict[str, Chip] = {
    RunOutcome.UNDER_WAY: Chip("wait", "clock", lazy_gettext("Under way")),
    RunOutcome.DONE: Chip("ok", "check", lazy_gettext("Done")),
    RunOutcome.FAILED: Chip("bad", "alert", lazy_gettext("Failed")),
    RunOutcome.BROKE_OFF: Chip("warn", "eye", lazy_gettext("Broke off")),
}
WORD_KINDS: dict[str, lazy_gettext] = {
    WordKind.ITEM: lazy_gettext("Item"),
    WordKind.CUSTOMER: lazy_gettext("Customer"),
    WordKind.VENDOR: lazy_gettext("Vendor"),
    WordKind.ACCOUNT: lazy_gettext("Account"),
    WordKind.INCOME_ACCOUNT: lazy_gettext("Income account"),
    WordKind.COGS_ACCOUNT: lazy_gettext("Cost of goods sold account"),
    WordKind.EXPENSE_ACCOUNT: lazy_gettext("Expense account"),
    WordKind.BANK_ACCOUNT: lazy_gettext("Bank account"),
    WordKind.CARD_ACCOUNT: lazy_gettext("Credit card account"),
    WordKind.CLEARING_ACCOUNT: lazy_gettext("Clearing account"),
    WordKind.LIABILITY_ACCOUNT: lazy_gettext("Liability account"),
    WordKind.CLASS: lazy_gettext("Class"),
    WordKind.TAX_CODE: lazy_gettext("Sales tax code"),
    WordKind.TAX_ITEM: lazy_gettext("Sales tax item"),
    WordKind.PAYMENT_METHOD: lazy_gettext("Payment method"),
    WordKind.TERMS: lazy_gettext("Terms"),
}
LIST_KINDS: dict[str, lazy_gettext] = {
    ListKind.CUSTOMER: lazy_gettext("Customers and jobs"),
    ListKind.VENDOR: lazy_gettext("Vendors"),
    ListKind.OTHER_NAME: lazy_gettext("Other names"),
    ListKind.ITEM: lazy_gettext("Items"),
    ListKind.SALES_TAX_ITEM: lazy_gettext("Sales tax items"),
    ListKind.ACCOUNT: lazy_gettext("Accounts"),
    ListKind.CLASS: lazy_gettext("Classes"),
    ListKind.TERMS: lazy_gettext("Terms"),
    ListKind.SALES_REP: lazy_gettext("Sales reps"),
    ListKind.SALES_TAX_CODE: lazy_gettext("Sales tax codes"),
    ListKind.PAYMENT_METHOD: lazy_gettext("Payment methods"),
    ListKind.CUSTOMER_MESSAGE: lazy_gettext("Customer messages"),
    ListKind.TEMPLATE: lazy_gettext("Templates"),
    ListKind.EMPLOYEE: lazy_gettext("Employees"),
    ListKind.CUSTOMER_TYPE: lazy_gettext("Customer types"),
    ListKind.PRICE_LEVEL: lazy_gettext("Price levels"),
    ListKind.SHIP_METHOD: lazy_gettext("Shipping methods"),
    ListKind.CURRENCY: lazy_gettext("Currencies"),
}
LIST_STANDINGS: dict[str, lazy_gettext] = {
    "present": lazy_gettext("present"),
    "inactive": lazy_gettext("inactive"),
    "deleted": lazy_gettext("deleted"),
    "missing": lazy_gettext("missing"),
    "unknown": lazy_gettext("unknown"),
}
ROLES: dict[str, lazy_gettext] = {
    Role.OWNER: lazy_gettext("Owner"),
    Role.BOOKKEEPER: lazy_gettext("Bookkeeper"),
    Role.VIEWER: lazy_gettext("Viewer"),
}
ROLE_SENTENCES: dict[str, lazy_gettext] = {
    Role.OWNER: lazy_gettext("Does everything, also connections, settings, tokens and members."),
    Role.BOOKKEEPER: lazy_gettext("Submits, excludes, voids and decides documents, maps words, pauses and resumes."),
    Role.VIEWER: lazy_gettext("Sees everything and changes nothing."),
}
SCOPES: dict[str, lazy_gettext] = {
    Scope.READ: lazy_gettext("see documents, their proof, the status"),
    Scope.WRITE: lazy_gettext("bring documents"),
    Scope.ACT: lazy_gettext("submit, exclude, void and decide"),
    Scope.ASK: lazy_gettext("ask QuickBooks anything, in its own words; nothing is written"),
    Scope.MANAGE: lazy_gettext("change options, pause and resume, make tokens"),
    Scope.MEMBERS: lazy_gettext("see, invite, change and remove members who are no owners"),
    Scope.BOOKS: lazy_gettext("change the books with requests of its own"),
}
TOKEN_STATES: dict[str, Chip] = {
    TokenState.USABLE: Chip("ok", "check", lazy_gettext("Good")),
    TokenState.EXPIRED: Chip("off", "clock", lazy_gettext("Expired")),
    TokenState.REVOKED: Chip("off", "minus", lazy_gettext("Revoked")),
}
MAILS: dict[str, lazy_gettext] = {
    ByMail.ALARMS: lazy_gettext("Trouble, and when it is over"),
    ByMail.SUMMARIES: lazy_gettext("A summary every working morning, when there is something to tell"),
}
WEBHOOK_STATES: dict[str, Chip] = {
    "on": Chip("ok", "check", lazy_gettext("Working")),
    "failing": Chip("warn", "alert", lazy_gettext("Failing")),
    "off": Chip("off", "minus", lazy_gettext("Switched off")),
}
WEBHOOK_EVENTS: dict[str, lazy_gettext] = {
    WebhookEvent.DOCUMENT_POSTED: lazy_gettext("A document stands in QuickBooks"),
    WebhookEvent.DOCUMENT_FAILED: lazy_gettext("QuickBooks refused a document"),
    WebhookEvent.DOCUMENT_NEEDS_A_PERSON: lazy_gettext("A document needs a person"),
    WebhookEvent.CONNECTOR_SILENT: lazy_gettext("The Web Connector is silent"),
    WebhookEvent.CONNECTOR_BACK: lazy_gettext("The Web Connector calls again"),
    WebhookEvent.REQUEST_ANSWERED: lazy_gettext("A request of a program is answered"),
    WebhookEvent.WEBHOOK_TEST: lazy_gettext("A test"),
}
DELIVERY_STATES: dict[str, Chip] = {
    DeliveryState.WAITING: Chip("wait", "clock", lazy_gettext("Waits")),
    DeliveryState.DELIVERED: Chip("ok", "check", lazy_gettext("Taken")),
    DeliveryState.DEAD: Chip("bad", "alert", lazy_gettext("Given up")),
}
MENDS: dict[str, lazy_gettext] = {
    Mends.PC: lazy_gettext("Whoever sits at the PC with QuickBooks"),
    Mends.SERVER: lazy_gettext("Whoever runs the server"),
    Mends.NOBODY: lazy_gettext("Nobody: it goes on by itself"),
}
_REASONS: dict[str, lazy_gettext] = {
    Reason.SAME_NUMBER: lazy_gettext("same number"),
    Reason.SAME_EMAIL: lazy_gettext("same e-mail"),
    Reason.SAME_NAME: lazy_gettext("same name"),
}


def suggestion_words(reason: str, likeness: int) -> str:
    """Why an entry is suggested."""
    if reason in _REASONS:
        return str(_REASONS[reason])
    return gettext("%(percent)s %% alike") % {"percent": likeness}


BILLING_STANDINGS: dict[str, Chip] = {
    BillingStanding.GOES: Chip("ok", "check", lazy_gettext("Goes by itself")),
    BillingStanding.APPROVED: Chip("ok", "check", lazy_gettext("Approved")),
    BillingStanding.HELD: Chip("off", "hand", lazy_gettext("Held back")),
    BillingStanding.NOT_APPROVED: Chip("warn", "eye", lazy_gettext("Waits for approval")),
    BillingStanding.WARNED: Chip("warn", "eye", lazy_gettext("Waits: a warning")),
    BillingStanding.BLOCKED: Chip("bad", "alert", lazy_gettext("Has to be mended")),
}
BILLING_OUTCOMES: dict[str, lazy_gettext] = {
    BillingOutcomes.BILLED: lazy_gettext("billed"),
    BillingOutcomes.BILLED_BEFORE: lazy_gettext("billed before"),
    BillingOutcomes.WAITS: lazy_gettext("waits"),
    BillingOutcomes.ORPHAN: lazy_gettext("nobody is billed for it"),
    BillingOutcomes.LEFT: lazy_gettext("not on this day"),
}
BILLING_MAKES: dict[str, lazy_gettext] = {
    Makes.CREATE: lazy_gettext("New ones are made"),
    Makes.UPDATE: lazy_gettext("Existing ones are changed"),
}
TABLES = {
    "BILLING_MAKES": BILLING_MAKES,
    "BILLING_STANDINGS": BILLING_STANDINGS,
    "BILLING_OUTCOMES": BILLING_OUTCOMES,
    "CONNECTION_STATES": CONNECTION_STATES,
    "BULK_ACTIONS": BULK_ACTIONS,
    "BULK_RESULTS": BULK_RESULTS,
    "FINDINGS": FINDINGS,
    "GIVEN_BY": GIVEN_BY,
    "RUN_OUTCOMES": RUN_OUTCOMES,
    "WORD_KINDS": WORD_KINDS,
    "LIST_KINDS": LIST_KINDS,
    "LIST_STANDINGS": LIST_STANDINGS,
    "MENDS": MENDS,
    "ROLES": ROLES,
    "ROLE_SENTENCES": ROLE_SENTENCES,
    "SCOPES": SCOPES,
    "TOKEN_STATES": TOKEN_STATES,
    "MAILS": MAILS,
    "WEBHOOK_STATES": WEBHOOK_STATES,
    "WEBHOOK_EVENTS": WEBHOOK_EVENTS,
    "DELIVERY_STATES": DELIVERY_STATES,
}
