"""What a person wants for themself: the language of the pages, and which e-mails come."""

from __future__ import annotations

from flask import Response

from qbwc_server.portal.forms import text_field
from qbwc_server.portal.showing import go_to, show
from qbwc_server.portal.translation import LANGUAGES, chosen_language
from qbwc_server.portal.visit import Visit
from qbwc_server.tenancy.mail_choices import ByMail, choose_mail, mail_choices
from qbwc_server.tenancy.models import User

NAMES = {"en": "English", "fr": "Français", "ja": "日本語", "nb": "Norsk bokmål"}
"""Each in its own words, for whoever does not read the others."""


def preferences(visit: Visit) -> Response:
    """What is chosen."""
    with visit.database.reading() as db:
        mails = mail_choices(db.get_one(User, visit.person.user_id))
    sends = visit.settings.smtp_host is not None
    return show(visit, "preferences.html", mails=mails, sends=sends, names=NAMES, chosen=chosen_language())


def choose_language(visit: Visit) -> Response:
    """This browser shows pages in it from now on; none: what the browser asks for."""
    said = text_field(visit.request, "language", 10)
    response = go_to("portal.preferences")
    if said in LANGUAGES:
        visit.cookies.language.write(response, said)
    else:
        visit.cookies.language.drop(response)
    return response


def choose_mails(visit: Visit) -> Response:
    """What is ticked comes, and nothing else."""
    ticked = visit.request.form.getlist("mail")
    with visit.writing() as db:
        user = db.get_one(User, visit.person.user_id)
        choose_mail(db, user, {what: what.value in ticked for what in ByMail}, by=visit.by, now=visit.now)
    return go_to("portal.preferences")
