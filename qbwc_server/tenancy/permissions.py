"""Who may what: the one table of permissions, roles and scopes, from which doors and faces derive the rest."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from qbwc_server.errors import Invalid


class Role(StrEnum):
    """What a member is, the one who may most first."""

    OWNER = "owner"
    BOOKKEEPER = "bookkeeper"
    VIEWER = "viewer"


class Scope(StrEnum):
    """What an API token may do; each address of the REST interface needs one."""

    READ = "read"  # see documents, their proof, the status
    WRITE = "write"  # bring documents
    ACT = "act"  # what a person does with a document or open work: submit, exclude, void, decide
    ASK = "ask"  # ask QuickBooks anything, in its own words; nothing is written by it
    MANAGE = "manage"  # options, pause and resume, tokens
    MEMBERS = "members"  # see, invite, change and remove members who are no owners
    BOOKS = "books"  # change the books with requests of one's own; given by whoever runs the server, to one token


COMMON_SCOPES = tuple(scope for scope in Scope if scope not in (Scope.MEMBERS, Scope.BOOKS))
"""Those that a token has for which nobody names any; the others are given by name only."""
OF_THE_OPERATOR = frozenset({Scope.BOOKS})
"""Those that only whoever runs the server gives."""


class DocumentAct(StrEnum):
    """What a member may do with documents, kind by kind."""

    VIEW = "view"
    EDIT = "edit"  # and create
    EMAIL = "email"


class Permission(StrEnum):
    """One thing that somebody may do or not."""

    SEE_COMPANY = "see_company"
    SEE_DOCUMENTS = "see_documents"
    EDIT_DOCUMENTS = "edit_documents"
    POST_DOCUMENTS = "post_documents"
    EMAIL_DOCUMENTS = "email_documents"
    DO_OPEN_WORK = "do_open_work"
    MAP = "map"
    ASK_QUICKBOOKS = "ask_quickbooks"
    CHANGE_BOOKS = "change_books"
    HOLD = "hold"
    CHANGE_OPTIONS = "change_options"
    CONNECT = "connect"
    MANAGE_TOKENS = "manage_tokens"
    MANAGE_WEBHOOKS = "manage_webhooks"
    MANAGE_MEMBERS = "manage_members"
    SEE_AUDIT = "see_audit"
    ADD_COMPANIES = "add_companies"


@dataclass(frozen=True, slots=True)
class Rule:
    """What one permission takes.

    Args:
        words: behind "you may not".
        role: the least role that has it.
        scope: which a token needs; None: no token has it, because it goes beyond one company.
        act: where a membership may say otherwise kind by kind.
    """

    words: str
    role: Role
    scope: Scope | None
    act: DocumentAct | None = None


_OWNER, _BOOKKEEPER, _VIEWER = Role
RULES: Mapping[Permission, Rule] = {
    Permission.SEE_COMPANY: Rule("see this company", _VIEWER, Scope.READ),
    Permission.SEE_DOCUMENTS: Rule("see documents", _VIEWER, Scope.READ, DocumentAct.VIEW),
    Permission.EDIT_DOCUMENTS: Rule("create and edit documents", _BOOKKEEPER, Scope.WRITE, DocumentAct.EDIT),
    Permission.POST_DOCUMENTS: Rule(
        "submit, exclude, void and decide documents", _BOOKKEEPER, Scope.ACT, DocumentAct.EDIT
    ),
    Permission.EMAIL_DOCUMENTS: Rule("e-mail documents", _BOOKKEEPER, Scope.ACT, DocumentAct.EMAIL),
    Permission.DO_OPEN_WORK: Rule("see to open work", _BOOKKEEPER, Scope.ACT),
    Permission.MAP: Rule("say what stands for which entry of QuickBooks", _BOOKKEEPER, Scope.ACT),
    Permission.ASK_QUICKBOOKS: Rule("ask QuickBooks directly", _OWNER, Scope.ASK),
    Permission.CHANGE_BOOKS: Rule("change the books with requests of your own", _OWNER, Scope.BOOKS),
    Permission.HOLD: Rule("pause and resume this company", _BOOKKEEPER, Scope.MANAGE),
    Permission.CHANGE_OPTIONS: Rule("change the options of this company", _OWNER, Scope.MANAGE),
    Permission.CONNECT: Rule("set up connections", _OWNER, Scope.MANAGE),
    Permission.MANAGE_TOKENS: Rule("see, make and revoke tokens", _OWNER, Scope.MANAGE),
    Permission.MANAGE_WEBHOOKS: Rule("see and change webhooks", _OWNER, Scope.MANAGE),
    Permission.MANAGE_MEMBERS: Rule("see and change who may what", _OWNER, Scope.MEMBERS),
    Permission.SEE_AUDIT: Rule("see who changed what", _BOOKKEEPER, Scope.MANAGE),
    Permission.ADD_COMPANIES: Rule("add companies", _OWNER, None),
}
STRICTEST = Permission.MANAGE_TOKENS
"""What an address of the REST interface needs where nothing is said."""

Limits = Mapping[str, Collection[str]]
"""By kind of document (``*``: every other kind), the acts that a membership leaves of those of its role."""
OTHERS = "*"
_NOTHING = "none"
_RANK = {role: rank for rank, role in enumerate(Role)}


def role_allows(role: Role, limits: Limits | None, permission: Permission, kind: str | None) -> bool:
    """Whether a member may do this; without a kind: with documents of some kind.

    Limits take away from a role and never add to it. Whoever may do anything with a kind may view it.
    """
    rule = RULES[permission]
    if _RANK[role] > _RANK[rule.role]:
        return False
    if rule.act is None or not limits:
        return True
    if kind is None:
        return OTHERS not in limits or any(_leaves(acts, rule.act) for acts in limits.values())
    acts = limits.get(kind, limits.get(OTHERS))
    return acts is None or _leaves(acts, rule.act)


def _leaves(acts: Collection[str], act: DocumentAct) -> bool:
    return act in acts or (act is DocumentAct.VIEW and bool(acts))


def scopes_of_role(role: Role) -> frozenset[Scope]:
    """Those that together let a token do what a member of this role may in a company."""
    return frozenset(rule.scope for rule in RULES.values() if rule.scope and _RANK[role] <= _RANK[rule.role])


def least_role(permission: Permission) -> Role:
    """The least role that has it."""
    return RULES[permission].role


def read_limits(said: Collection[str], kinds: Collection[str]) -> dict[str, list[str]]:
    """Limits as a person says them: ``invoice=view+edit``, ``estimate=none``, ``*=view`` for every other kind.

    Args:
        kinds: of documents that there are.

    Raises:
        Invalid: no such kind, no such act, or a kind said twice.
    """
    limits: dict[str, list[str]] = {}
    for one in said:
        kind, equals, acts = one.partition("=")
        if not equals:
            raise Invalid(f"{one[:60]!r} is not KIND=ACTS, such as invoice=view+edit.")
        if kind != OTHERS and kind not in kinds:
            raise Invalid(f"There is no kind of document {kind[:40]!r}. Kinds are: {', '.join(kinds)}, or *.")
        if kind in limits:
            raise Invalid(f"The kind {kind} is said twice.")
        limits[kind] = _read_acts(acts)
    return limits


def _read_acts(said: str) -> list[str]:
    if said == _NOTHING:
        return []
    acts = said.split("+")
    for act in acts:
        if act not in tuple(DocumentAct):
            raise Invalid(f"{act[:40]!r} is nothing that is done with documents: {', '.join(DocumentAct)}, or none.")
    return sorted(set(acts))
