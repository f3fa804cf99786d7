"""The one table of pages: name, address, and what somebody must be allowed who asks for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from flask import Response

from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.portal import (
    billing,
    billing_sent,
    billing_words,
    bulk,
    by_link,
    companies,
    company,
    connections,
    documents,
    door,
    forgotten,
    lists,
    mappings,
    people,
    preferences,
    records,
    security,
    set_up,
    shop,
    start,
    starting,
    troubles,
    uploads,
    webhooks,
)
from qbwc_server.portal.actions import ACTIONS
from qbwc_server.portal.forms import MOST_BYTES
from qbwc_server.portal.visit import Needs
from qbwc_server.tenancy.permissions import Permission

_COMPANY = "/companies/<code>"
_NUMBER = f"int(max={LARGEST_ID})"
_DOCUMENT = f"{_COMPANY}/documents/<{_NUMBER}:document_id>"
_BILLING = f"{_COMPANY}/billing"
_CONNECTION = f"{_COMPANY}/connections/<{_NUMBER}:connection_id>"
_START = f"{_CONNECTION}/start"
_MEMBER = f"{_COMPANY}/members/<{_NUMBER}:user_id>"
_WEBHOOK = f"{_COMPANY}/webhooks/<{_NUMBER}:webhook_id>"
_STOPS = ", ".join(connections.STOPS)
_ACTIONS = ", ".join(f'"{action}"' for action in ACTIONS)


@dataclass(frozen=True, slots=True)
class Page:
    """One page, or what a form is sent to."""

    name: str
    method: Literal["GET", "POST"]
    address: str  # below the portal's
    needs: Permission | Needs
    view: Callable[..., Response]
    most_bytes: int = MOST_BYTES  # of what is sent


PAGES: tuple[Page, ...] = (
    Page("sign_in", "GET", "/sign-in", Needs.NOTHING, door.sign_in),
    Page("send_sign_in", "POST", "/sign-in", Needs.NOTHING, door.send_sign_in),
    Page("sign_in_code", "GET", "/sign-in/code", Needs.NOTHING, door.sign_in_code),
    Page("send_code", "POST", "/sign-in/code", Needs.NOTHING, door.send_code),
    Page("sign_in_by_link", "GET", "/sign-in/link/<secret>", Needs.NOTHING, door.sign_in_by_link),
    Page("send_sign_in_by_link", "POST", "/sign-in/link/<secret>", Needs.NOTHING, door.send_sign_in_by_link),
    Page("forgotten", "GET", "/forgotten", Needs.NOTHING, forgotten.forgotten),
    Page("send_forgotten", "POST", "/forgotten", Needs.NOTHING, forgotten.send_forgotten),
    Page("reset", "GET", "/reset/<secret>", Needs.NOTHING, forgotten.reset),
    Page("send_reset", "POST", "/reset/<secret>", Needs.NOTHING, forgotten.send_reset),
    Page("security", "GET", "/security", Needs.A_PERSON, security.security),
    Page("begin_factor", "POST", "/security/begin", Needs.A_PERSON, security.begin_factor),
    Page("confirm_factor", "POST", "/security/confirm", Needs.A_PERSON, security.confirm_factor),
    Page("end_factor", "POST", "/security/end", Needs.A_PERSON, security.end_factor),
    Page("preferences", "GET", "/preferences", Needs.A_PERSON, preferences.preferences),
    Page("choose_language", "POST", "/preferences/language", Needs.A_PERSON, preferences.choose_language),
    Page("choose_mails", "POST", "/preferences/mail", Needs.A_PERSON, preferences.choose_mails),
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
    Page("release", "POST", f"{_COMPANY}/release", Permission.HOLD, company.release),
    Page("update", "GET", f"{_COMPANY}/updates/<{_NUMBER}:session_id>", Permission.SEE_COMPANY, company.update),
    Page(
        "update_texts",
        "GET",
        f"{_COMPANY}/updates/<{_NUMBER}:session_id>/<uuid:set_id>",
        Permission.SEE_DOCUMENTS,
        company.update,
    ),
    Page("troubles", "GET", "/errors", Needs.NOTHING, troubles.index),
    Page("trouble", "GET", "/errors/<number>", Needs.NOTHING, troubles.trouble),
    Page("send_options", "POST", f"{_COMPANY}/settings/options", Permission.CHANGE_OPTIONS, companies.send_options),
    Page("documents", "GET", f"{_COMPANY}/documents", Permission.SEE_DOCUMENTS, documents.index),
    Page("document", "GET", _DOCUMENT, Permission.SEE_DOCUMENTS, documents.document),
    Page("confirm_void", "GET", f"{_DOCUMENT}/void", Permission.POST_DOCUMENTS, documents.confirm_void),
    Page("edit_form", "GET", f"{_DOCUMENT}/edit", Permission.POST_DOCUMENTS, documents.edit_form),
    Page(
        "send_edit", "POST", f"{_DOCUMENT}/edit", Permission.POST_DOCUMENTS, documents.send_edit, documents.MOST_BYTES
    ),
    Page("act", "POST", f"{_DOCUMENT}/<any({_ACTIONS}):action>", Permission.POST_DOCUMENTS, documents.act),
    Page("decide_one", "POST", f"{_DOCUMENT}/decide", Permission.POST_DOCUMENTS, documents.decide_one),
    Page("billing", "GET", _BILLING, Permission.SEE_DOCUMENTS, billing.billing),
    Page("billing_file", "GET", f"{_BILLING}/file", Permission.SEE_DOCUMENTS, billing.billing_file),
    Page("billing_pdf", "GET", f"{_BILLING}/pdf", Permission.SEE_DOCUMENTS, billing.billing_pdf),
    Page("sent_invoices", "GET", f"{_BILLING}/sent", Permission.SEE_DOCUMENTS, billing_sent.sent),
    Page("mark_sent", "POST", f"{_BILLING}/sent", Permission.POST_DOCUMENTS, billing_sent.mark),
    Page("take_sent_back", "POST", f"{_BILLING}/sent/take-back", Permission.POST_DOCUMENTS, billing_sent.take_back),
    Page("billing_words", "GET", f"{_BILLING}/words", Permission.SEE_COMPANY, billing_words.words),
    Page(
        "billing_organisation",
        "GET",
        f"{_BILLING}/organisation",
        Permission.SEE_COMPANY,
        billing_words.organisation,
    ),
    Page("switch_billing", "POST", f"{_BILLING}/switch", Permission.MAP, billing_words.switch_it),
    Page("synchronise", "POST", f"{_BILLING}/synchronise", Permission.CONNECT, billing_words.synchronise),
    Page("approve_customers", "POST", f"{_BILLING}/approve", Permission.POST_DOCUMENTS, billing.approve_customers),
    Page("hold_customer", "POST", f"{_BILLING}/hold", Permission.POST_DOCUMENTS, billing.hold_customer),
    Page("take_back_customer", "POST", f"{_BILLING}/take-back", Permission.POST_DOCUMENTS, billing.take_back_customer),
    Page("run_billing", "POST", f"{_BILLING}/run", Permission.POST_DOCUMENTS, billing.run_now),
    Page("billing_settings", "GET", f"{_BILLING}/settings", Permission.CHANGE_OPTIONS, billing.billing_settings),
    Page(
        "send_billing_settings",
        "POST",
        f"{_BILLING}/settings",
        Permission.CHANGE_OPTIONS,
        billing.send_billing_settings,
    ),
    Page("shop", "GET", f"{_COMPANY}/shop", Permission.SEE_DOCUMENTS, shop.shop),
    Page("connections", "GET", f"{_COMPANY}/connections", Permission.SEE_COMPANY, connections.index),
    Page("ask_bulk", "POST", f"{_COMPANY}/bulk", Permission.POST_DOCUMENTS, bulk.ask),
    Page("bulk", "GET", f"{_COMPANY}/bulk/<{_NUMBER}:bulk_id>", Permission.SEE_DOCUMENTS, bulk.bulk),
    Page("undo_bulk", "POST", f"{_COMPANY}/bulk/<{_NUMBER}:bulk_id>/undo", Permission.POST_DOCUMENTS, bulk.undo),
    Page("connection", "GET", _CONNECTION, Permission.SEE_COMPANY, connections.connection),
    Page("upload", "POST", f"{_COMPANY}/uploads", Permission.EDIT_DOCUMENTS, uploads.send, uploads.MOST_FORM_BYTES),
    Page("connection_form", "GET", f"{_COMPANY}/connect/<channel>", Permission.CONNECT, connections.form),
    Page("connect", "POST", f"{_COMPANY}/connect/<channel>", Permission.CONNECT, connections.send),
    Page("change_connection_form", "GET", f"{_CONNECTION}/change", Permission.CONNECT, connections.change_form),
    Page("change_connection", "POST", f"{_CONNECTION}/change", Permission.CONNECT, connections.change),
    Page("test_connection", "POST", f"{_CONNECTION}/test", Permission.CONNECT, connections.test),
    Page("run_connection", "POST", f"{_CONNECTION}/run", Permission.CONNECT, connections.run_now),
    Page("stop_connection", "POST", f"{_CONNECTION}/<any({_STOPS}):act>", Permission.CONNECT, connections.stop),
    Page("start_page", "GET", _START, Permission.CONNECT, starting.start_page),
    Page("start_look", "POST", f"{_START}/look", Permission.CONNECT, starting.look),
    Page(
        "start_options",
        "POST",
        f"{_START}/options/<any(tax, names, begin):step>",
        Permission.CONNECT,
        starting.send_options,
    ),
    Page("start_accounts", "POST", f"{_START}/accounts", Permission.CONNECT, starting.send_accounts),
    Page("start_tax_item", "POST", f"{_START}/tax-item", Permission.CONNECT, starting.send_tax_item),
    Page("start_dry_run", "POST", f"{_START}/dry-run", Permission.CONNECT, starting.try_drafts),
    Page("start_begin", "POST", f"{_START}/begin", Permission.CONNECT, starting.begin),
    Page("start_reset", "POST", f"{_START}/reset", Permission.CONNECT, starting.open_again),
    Page("confirm_disconnect", "GET", f"{_CONNECTION}/disconnect", Permission.CONNECT, connections.confirm_disconnect),
    Page("disconnect", "POST", f"{_CONNECTION}/disconnect", Permission.CONNECT, connections.end),
    Page("mappings", "GET", f"{_COMPANY}/mappings", Permission.SEE_COMPANY, mappings.index),
    Page("word", "GET", f"{_COMPANY}/mappings/word", Permission.MAP, mappings.word),
    Page("say_mapping", "POST", f"{_COMPANY}/mappings/word", Permission.MAP, mappings.say),
    Page("take_back_mapping", "POST", f"{_COMPANY}/mappings/take-back", Permission.MAP, mappings.take_back),
    Page("sure_mappings", "GET", f"{_COMPANY}/mappings/sure", Permission.MAP, mappings.sure),
    Page("take_sure", "POST", f"{_COMPANY}/mappings/sure", Permission.MAP, mappings.take),
    Page("undo_taken", "POST", f"{_COMPANY}/mappings/undo", Permission.MAP, mappings.undo_taken),
    Page("export_mappings", "GET", f"{_COMPANY}/mappings/file", Permission.SEE_COMPANY, mappings.export),
    Page("import_mappings", "GET", f"{_COMPANY}/mappings/import", Permission.MAP, mappings.import_form),
    Page(
        "take_file",
        "POST",
        f"{_COMPANY}/mappings/import",
        Permission.MAP,
        mappings.take_file,
        mappings.MOST_FILE_BYTES,
    ),
    Page("lists", "GET", f"{_COMPANY}/lists", Permission.SEE_COMPANY, lists.index),
    Page("refresh_lists", "POST", f"{_COMPANY}/lists/refresh", Permission.MAP, lists.refresh),
    Page("members", "GET", f"{_COMPANY}/members", Permission.MANAGE_MEMBERS, people.members),
    Page("send_invitation", "POST", f"{_COMPANY}/members", Permission.MANAGE_MEMBERS, people.send_invitation),
    Page(
        "end_invitation",
        "POST",
        f"{_COMPANY}/invitations/<{_NUMBER}:link_id>/end",
        Permission.MANAGE_MEMBERS,
        people.end_invitation,
    ),
    Page("change_member", "POST", f"{_MEMBER}/role", Permission.MANAGE_MEMBERS, people.change_member),
    Page("end_member", "POST", f"{_MEMBER}/remove", Permission.MANAGE_MEMBERS, people.end_member),
    Page("help_member", "POST", f"{_MEMBER}/password", Permission.MANAGE_MEMBERS, people.help_member),
    Page("join", "GET", "/join/<secret>", Needs.NOTHING, people.join),
    Page("send_join", "POST", "/join/<secret>", Needs.NOTHING, people.send_join),
    Page("webhooks", "GET", f"{_COMPANY}/webhooks", Permission.MANAGE_WEBHOOKS, webhooks.index),
    Page("send_webhook", "POST", f"{_COMPANY}/webhooks", Permission.MANAGE_WEBHOOKS, webhooks.send_webhook),
    Page("webhook", "GET", _WEBHOOK, Permission.MANAGE_WEBHOOKS, webhooks.webhook),
    Page("change_webhook", "POST", _WEBHOOK, Permission.MANAGE_WEBHOOKS, webhooks.change),
    Page("switch_webhook", "POST", f"{_WEBHOOK}/<any(on, off):to>", Permission.MANAGE_WEBHOOKS, webhooks.switch),
    Page("new_webhook_secret", "POST", f"{_WEBHOOK}/secret", Permission.MANAGE_WEBHOOKS, webhooks.new_secret),
    Page("test_webhook", "POST", f"{_WEBHOOK}/test", Permission.MANAGE_WEBHOOKS, webhooks.test),
    Page(
        "tell_again",
        "POST",
        f"{_WEBHOOK}/deliveries/<{_NUMBER}:delivery_id>/again",
        Permission.MANAGE_WEBHOOKS,
        webhooks.again,
    ),
    Page("end_webhook", "POST", f"{_WEBHOOK}/remove", Permission.MANAGE_WEBHOOKS, webhooks.remove),
    Page("audit", "GET", f"{_COMPANY}/audit", Permission.SEE_AUDIT, records.audit),
    Page("audit_file", "GET", f"{_COMPANY}/audit/file", Permission.SEE_AUDIT, records.audit_file),
    Page("tokens", "GET", f"{_COMPANY}/tokens", Permission.MANAGE_TOKENS, records.tokens),
    Page("make_token", "POST", f"{_COMPANY}/tokens", Permission.MANAGE_TOKENS, records.make_token),
    Page(
        "end_token",
        "POST",
        f"{_COMPANY}/tokens/<{_NUMBER}:token_id>/revoke",
        Permission.MANAGE_TOKENS,
        records.end_token,
    ),
)
