"""The table of who may what: complete, strict, and read as people say it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_server.documents.kinds import KINDS
from qbwc_server.errors import Invalid
from qbwc_server.tenancy.permissions import (
    RULES,
    STRICTEST,
    DocumentAct,
    Permission,
    Role,
    Scope,
    read_limits,
    role_allows,
)

P = Permission


def allowed(role: Role) -> set[Permission]:
    return {permission for permission in Permission if role_allows(role, None, permission, None)}


def test_every_permission_has_its_rule_and_what_is_limited_is_about_documents() -> None:
    assert set(RULES) == set(Permission)
    assert {rule.act for rule in RULES.values()} == {None, *DocumentAct}
    assert {rule.scope for rule in RULES.values()} == {None, *Scope}
    assert [rule for rule in RULES.values() if not rule.words] == []
    assert (RULES[STRICTEST].role, RULES[STRICTEST].scope) == (Role.OWNER, Scope.MANAGE)


def test_who_may_what() -> None:
    """Spelt out, so that a slip in the table is seen."""
    viewing = {P.SEE_COMPANY, P.SEE_DOCUMENTS}
    keeping = {
        P.EDIT_DOCUMENTS, P.POST_DOCUMENTS, P.EMAIL_DOCUMENTS, P.DO_OPEN_WORK, P.MAP, P.HOLD, P.SEE_AUDIT,
    }  # fmt: skip
    assert allowed(Role.VIEWER) == viewing
    assert allowed(Role.BOOKKEEPER) == viewing | keeping
    assert allowed(Role.OWNER) == set(Permission)


LIMITS = {"invoice": ["view", "edit"], "estimate": [], "check": ["email"], "*": ["view"]}


@pytest.mark.parametrize(
    ("permission", "kinds"),
    [
        (P.SEE_DOCUMENTS, {"invoice", "check", "bill"}),  # whoever may e-mail one has seen it
        (P.EDIT_DOCUMENTS, {"invoice"}),
        (P.POST_DOCUMENTS, {"invoice"}),
        (P.EMAIL_DOCUMENTS, {"check"}),
        (P.DO_OPEN_WORK, {"invoice", "estimate", "check", "bill"}),
    ],
)
def test_limits_leave_what_they_say(permission: Permission, kinds: set[str]) -> None:
    found = {k for k in ("invoice", "estimate", "check", "bill") if role_allows(Role.BOOKKEEPER, LIMITS, permission, k)}
    assert found == kinds


def test_a_kind_that_is_not_said_follows_the_role() -> None:
    limits: dict[str, list[str]] = {"check": []}
    assert role_allows(Role.BOOKKEEPER, limits, P.EDIT_DOCUMENTS, "invoice")
    assert not role_allows(Role.BOOKKEEPER, limits, P.SEE_DOCUMENTS, "check")
    assert role_allows(Role.BOOKKEEPER, limits, P.SEE_DOCUMENTS, None)
    assert not role_allows(Role.OWNER, {"*": []}, P.SEE_DOCUMENTS, None)


ACTS = st.lists(st.sampled_from([act.value for act in DocumentAct]), unique=True)


@given(limits=st.dictionaries(st.sampled_from([*KINDS, "*"]), ACTS), role=st.sampled_from(Role))
def test_limits_never_add_to_a_role(limits: dict[str, list[str]], role: Role) -> None:
    for permission, kind in itertools.product(Permission, [None, *KINDS]):
        if role_allows(role, limits, permission, kind):
            assert role_allows(role, None, permission, kind)
            if kind is not None:
                assert role_allows(role, limits, permission, None)
        if role_allows(role, limits, P.EDIT_DOCUMENTS, kind) and kind is not None:
            assert role_allows(role, limits, P.SEE_DOCUMENTS, kind)


def test_limits_are_read_as_people_say_them() -> None:
    said = ["invoice=view+edit", "estimate=none", "*=view"]
    assert read_limits(said, KINDS) == {"invoice": ["edit", "view"], "estimate": [], "*": ["view"]}
    assert read_limits([], KINDS) == {}


@pytest.mark.parametrize(
    ("said", "named"),
    [
        (["invoice"], "KIND=ACTS"),
        (["invoices=view"], "invoices"),
        (["invoice=delete"], "delete"),
        (["invoice="], "view, edit, email"),
        (["invoice=view", "invoice=edit"], "twice"),
    ],
)
def test_slips_are_named(said: list[str], named: str) -> None:
    with pytest.raises(Invalid, match=named):
        read_limits(said, KINDS)
