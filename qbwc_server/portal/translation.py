"""Flask-Babel with types: the words of the source in the language of the reader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import flask_babel
from babel.core import Locale
from babel.numbers import format_decimal
from flask import Flask, has_request_context, request

_FOLDER = Path(__file__).with_name("translations")


def set_up(app: Flask, language: Callable[[], str]) -> None:
    """Let templates and views find their words; ``language`` says whose request this is."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(_FOLDER)
    flask_babel.Babel(app, locale_selector=language)


LANGUAGES = ("en", "fr", "ja", "nb")  # English is the source; each other one has a catalogue
_ALSO = {"no": "nb", "nn": "nb"}  # what browsers ask for who want Norwegian


COOKIE = "portal-language"


def chosen_language() -> str | None:
    """The one that was chosen in this browser; None: there is no such choice."""
    said = request.cookies.get(COOKIE) if has_request_context() else None
    return said if said in LANGUAGES else None


def language() -> str:
    """That of the reader: the one that was chosen, else the first one that the browser asks for, or English."""
    if not has_request_context():
        return LANGUAGES[0]
    if (chosen := chosen_language()) is not None:
        return chosen
    for said in request.accept_languages.values():
        asked = said.replace("_", "-").partition("-")[0].lower()
        if (found := _ALSO.get(asked, asked)) in LANGUAGES:
            return found
    return LANGUAGES[0]


def gettext(text: str) -> str:
    """``text`` for the reader."""
    return str(flask_babel.gettext(text))


def ngettext(one: str, many: str, number: int, **others: object) -> str:
    """The form for that number, which stands in it as ``%(num)d``, written as the reader writes numbers."""
    form = flask_babel.get_translations().ungettext(one, many, number)
    return str(form.replace("%(num)d", "%(num)s") % {"num": format_decimal(number, locale=locale()), **others})


class lazy_gettext:  # noqa: N801  # named as gettext's tools look for it
    """Words of a table: put into the reader's language when they are shown."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return gettext(self._text)


def locale() -> Locale:
    """The reader's."""
    return flask_babel.get_locale() or Locale("en")
