"""The one table of pages: name, address, and what somebody must be allowed who asks for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from flask import Response

from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.portal import by_link, companies, company, documents, door, set_up, start
from qbwc_server.portal.actions import ACTIONS
from qbwc_server.portal.visit import Needs
from qbwc_server.tenancy.permissions import Permission

_COMPANY = "/companies/<code>"
_NUMBER = f"int(max={LARGEST_ID})"
_DOCUMENT = f"{_COMPANY}/documents/<{_NUMBER}:document_id>"
_ACTIONS = ", ".join(f'"{action}"' for action in ACTIONS)


@dataclass(frozen=True, slots=True)
class Page:
    """One page, or what a form is sent to."""

    name: str
    method: Literal["GET", "POST"]
    address: str  # below the portal's
    needs: Permission | Needs
    view: Callable[..., Response]


PAGES: tuple[Page, ...] = (
    Page("sign_in", "GET", "/sign-in", Needs.NOTHING, door.sign_in),
    Page("send_sign_in", "POST", "/sign-in", Needs.NOTHING, door.send_sign_in),
    Page("sign_out", "POST", "/sign-out", Needs.A_PERSON, door.sign_out),
    Page("sessions", "GET", "/sessions", Needs.A_PERSON, door.sessions),
    Page("end_session", "POST", f"/sessions/<{_NUMBER}:session_id>/end", Needs.A_PERSON, door.end_session),
    Page("end_others", "POST", "/sessions/end-others", Needs.A_PERSON, door.end_others),
    Page("start", "GET", "/", Needs.A_PERSON, start.start),
    Page("add_company", "GET", "/add-company", Needs.A_PERSON, companies.add),
    Page("send_add_company", "POST", "/add-company", Needs.A_PERSON, companies.send_add),
    Page("by_link", "GET", "/connect/<secret>", Needs.NOTHING, by_link.by_link),
    Page("qwc_by_link", "GET", "/connect/<secret>/qwc", Needs.NOTHING, by_link.qwc_by_link),
    Page("password_by_link", "POST", "/connect/<secret>/password", Needs.NOTHING, by_link.password_by),
    Page("settings", "GET", f"{_COMPANY}/settings", Permission.CHANGE_OPTIONS, companies.settings),
    Page("send_settings", "POST", f"{_COMPANY}/settings", Permission.CHANGE_OPTIONS, companies.send_settings),
    Page("set_up", "GET", f"{_COMPANY}/set-up", Permission.CHANGE_OPTIONS, set_up.set_up),
    Page("check", "POST", f"{_COMPANY}/set-up/check", Permission.CHANGE_OPTIONS, set_up.check),
    Page("qwc", "GET", f"{_COMPANY}/set-up/qwc", Permission.CHANGE_OPTIONS, set_up.qwc),
    Page("new_password", "POST", f"{_COMPANY}/set-up/password", Permission.MANAGE_TOKENS, set_up.new_password),
    Page("new_link", "POST", f"{_COMPANY}/set-up/links", Permission.MANAGE_TOKENS, set_up.new_link),
    Page(
        "end_link",
        "POST",
        f"{_COMPANY}/set-up/links/<{_NUMBER}:link_id>/end",
        Permission.MANAGE_TOKENS,
        set_up.end_link,
    ),
    Page("status", "GET", _COMPANY, Permission.SEE_COMPANY, company.status),
    Page("pause", "POST", f"{_COMPANY}/pause", Permission.HOLD, company.pause_company),
    Page("resume", "POST", f"{_COMPANY}/resume", Permission.HOLD, company.resume_company),
    Page(
        "end_work",
        "POST",
        f"{_COMPANY}/open-work/<{_NUMBER}:item_id>/<any(done, dismiss):end>",
        Permission.DO_OPEN_WORK,
        company.end_item,
    ),
    Page("documents", "GET", f"{_COMPANY}/documents", Permission.SEE_DOCUMENTS, documents.index),
    Page("document", "GET", _DOCUMENT, Permission.SEE_DOCUMENTS, documents.document),
    Page("confirm_void", "GET", f"{_DOCUMENT}/void", Permission.POST_DOCUMENTS, documents.confirm_void),
    Page("act", "POST", f"{_DOCUMENT}/<any({_ACTIONS}):action>", Permission.POST_DOCUMENTS, documents.act),
    Page("decide_one", "POST", f"{_DOCUMENT}/decide", Permission.POST_DOCUMENTS, documents.decide_one),
)
