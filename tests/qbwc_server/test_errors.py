"""Errors speak to their reader, and every code is one of its own."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from inspect import cleandoc
from pkgutil import walk_packages

import click

import qbwc_server
from qbwc_server.cli import cli
from qbwc_server.errors import Conflict, Invalid, NotFound, QbwcError


def test_the_docstring_is_the_message_where_none_is_given() -> None:
    assert str(NotFound()) == "There is nothing of that name or number here."
    assert str(NotFound("No company x.")) == "No company x."


def test_what_faces_show() -> None:
    assert Invalid("Bad.", detail="column 3").as_record() == {
        "code": "invalid",
        "message": "Bad.",
        "detail": "column 3",
        "advice": "Correct what the message names and send it again.",
        "retry_helps": False,
    }


def _all(error: type[QbwcError]) -> Iterator[type[QbwcError]]:
    yield error
    for child in error.__subclasses__():
        yield from _all(child)


def test_every_code_names_one_error() -> None:
    for module in walk_packages(qbwc_server.__path__, "qbwc_server."):
        if "migrations" not in module.name and not module.name.endswith("__main__"):
            import_module(module.name)
    ours = [error for error in _all(QbwcError) if error.__module__.startswith("qbwc_server.")]
    named = [error.__dict__["code"] for error in ours if "code" in error.__dict__]
    assert len(ours) > 10
    assert {Conflict, Invalid, NotFound} < set(ours)
    assert sorted(named) == sorted(set(named))
    assert all(code == code.lower() and code.isidentifier() for code in named)


def test_no_text_for_people_bears_marks_for_programmers() -> None:
    for module in walk_packages(qbwc_server.__path__, "qbwc_server."):
        if "migrations" not in module.name and not module.name.endswith("__main__"):
            import_module(module.name)
    ours = [error for error in _all(QbwcError) if error.__module__.startswith("qbwc_server.")]
    texts = {text for error in ours[1:] for text in (cleandoc(error.__doc__ or ""), error.advice)}
    assert {text for text in texts if "`" in text or ":class:" in text or "Args:" in text} == set()


def _help(command: click.Command) -> Iterator[str]:
    yield command.help or ""
    for parameter in command.params:
        yield getattr(parameter, "help", None) or ""
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from _help(inner)


def test_the_help_of_commands_bears_no_marks_for_programmers() -> None:
    assert {text for text in _help(cli) if "``" in text or ":func:" in text or "Raises:" in text} == set()
