"""Flask-Babel with types: the words of the source in the language of the reader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import flask_babel
from babel.core import Locale
from flask import Flask

_FOLDER = Path(__file__).with_name("translations")


def set_up(app: Flask, language: Callable[[], str]) -> None:
    """Let templates and views find their words; ``language`` says whose request this is."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(_FOLDER)
    flask_babel.Babel(app, locale_selector=language)


def gettext(text: str) -> str:
    """``text`` for the reader."""
    return str(flask_babel.gettext(text))


def ngettext(one: str, many: str, number: int) -> str:
    """The form for that number, which stands in it as ``%(num)d``."""
    return str(flask_babel.ngettext(one, many, number))


class lazy_gettext:  # noqa: N801  # named as gettext's tools look for it
    """Words of a table: put into the reader's language when they are shown."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return gettext(self._text)


def locale() -> Locale:
    """The reader's."""
    return flask_babel.get_locale() or Locale("en")
