"""How commands speak: tables, JSON, progress, errors and the one table of exit codes."""

from __future__ import annotations

import json
import os
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import click

from qbwc_server.errors import Conflict, Invalid, NotFound, QbwcError, Unusable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

F = TypeVar("F", bound=Callable[..., Any])

_LONGEST_WORD = 32  # characters; what is longer is folded in a narrow terminal
_GAP = 2  # between columns
_WIDE = 10_000  # where nobody looks at a screen, lines are not folded


class Exit(IntEnum):
    """What a command's exit status means."""

    DONE = 0
    NEEDS_A_PERSON = 1
    USAGE = 2
    NOT_FOUND = 3
    CONFLICT = 4
    SETTINGS = 5
    INTERNAL = 70
    INTERRUPTED = 130


EXIT_CODES: dict[Exit, str] = {
    Exit.DONE: "done",
    Exit.NEEDS_A_PERSON: "done as far as possible; something needs a person",
    Exit.USAGE: "the command line cannot be understood",
    Exit.NOT_FOUND: "no such company, document or file",
    Exit.CONFLICT: "refused: the input is not valid, or contradicts what is stored",
    Exit.SETTINGS: "settings, database, its schema or the address to serve on cannot be used",
    Exit.INTERNAL: "a mistake in this program",
    Exit.INTERRUPTED: "stopped by Ctrl-C",
}


class DatabaseUnreachable(Unusable):
    """The database cannot be reached or opened."""

    code = "database_unreachable"
    advice = "Check QBWC_DATABASE_URL and whether the database server runs; see: qbwc-server settings"
    retry_helps = True


# the first entry that fits decides
_EXIT_OF: tuple[tuple[type[QbwcError], Exit], ...] = (
    (Unusable, Exit.SETTINGS),
    (NotFound, Exit.NOT_FOUND),
    (Conflict, Exit.CONFLICT),
    (Invalid, Exit.CONFLICT),
    (QbwcError, Exit.CONFLICT),
)


def exit_code(error: QbwcError) -> Exit:
    """The exit status for ``error``."""
    return next(code for kind, code in _EXIT_OF if isinstance(error, kind))


class Commands(click.Group):
    """A group whose commands end with a sentence and an exit status, never with a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; translate what went wrong, here and nowhere else."""
        if ctx.parent is not None:
            return super().invoke(ctx)
        try:
            return super().invoke(ctx)
        except QbwcError as error:
            complain(error)
            ctx.exit(exit_code(error))
        except KeyboardInterrupt:
            note("Stopped.")
            ctx.exit(Exit.INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:  # the last place before the user: a bug must not look like a refusal
            if (trouble := _database_trouble(error)) is not None:
                complain(trouble)
                ctx.exit(exit_code(trouble))
            if os.environ.get("QBWC_TRACEBACK"):
                raise
            note(f"internal: {type(error).__name__}: {plain(str(error))}")
            note("This is a mistake in qbwc-server. Set QBWC_TRACEBACK=1 and repeat the command to see where.")
            ctx.exit(Exit.INTERNAL)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The top-level help ends with the exit codes."""
        super().format_epilog(ctx, formatter)
        if ctx.parent is None:
            with formatter.section("Exit status"):
                formatter.write_dl([(str(code.value), meaning) for code, meaning in EXIT_CODES.items()])


def _database_trouble(error: Exception) -> DatabaseUnreachable | None:
    """What SQLAlchemy says when it is not our statement but the database that is at fault."""
    sqlalchemy: Any = sys.modules.get("sqlalchemy.exc")  # where it was not loaded it cannot have raised anything
    if sqlalchemy is None or not isinstance(error, sqlalchemy.DBAPIError):
        return None
    of_the_database = isinstance(error, sqlalchemy.OperationalError | sqlalchemy.InterfaceError)
    if not of_the_database and type(error) is not sqlalchemy.DatabaseError:
        return None
    return DatabaseUnreachable(f"The database cannot be used: {error.orig}")


def complain(error: QbwcError) -> None:
    """Show an error on stderr: ``code: message``, what else is known, and what to do."""
    note(f"{error.code}: {plain(str(error))}")
    for line in error.detail.splitlines():
        note(f"  {plain(line)}")
    if error.advice:
        note(f"  {plain(error.advice)}")


def note(message: str = "") -> None:
    """A line for the person at the terminal; never part of what a program reads."""
    click.echo(_lines(message), err=True)


def say(message: str = "") -> None:
    """A line of the result."""
    click.echo(_lines(message))


def _lines(message: str) -> str:
    return "\n".join(map(plain, message.split("\n")))


def write_out(file: IO[str], text: str) -> None:
    """Text that a program reads again: as it is into a file or a pipe, for eyes at a terminal."""
    file.write(_lines(text) if file.isatty() else text)


def paragraph(message: str) -> None:
    """A sentence of the result: folded between words at a terminal, further lines indented; one line in a pipe."""
    message = plain(message)
    if not sys.stdout.isatty():
        say(message)
        return
    indent = " " * (len(message) - len(message.lstrip()) + 4)
    say(
        textwrap.fill(
            message, console().width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        )
    )


def counted(number: int, noun: str) -> str:
    """``1 document``, ``1,200 documents``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def program() -> str:
    """How this program can be called again from here."""
    if shutil.which("qbwc-server"):
        return "qbwc-server"
    beside_python = Path(sys.executable).with_name("qbwc-server")
    if not beside_python.exists():
        return f"{Path(sys.executable).name} -m qbwc_server.cli"
    try:
        return str(beside_python.relative_to(Path.cwd()))
    except ValueError:
        return str(beside_python)


def plain(text: str) -> str:
    """``text`` on one line, with what could move a terminal's cursor or turn its writing around made visible.

    Names come from outside: an escape sequence is shown as ``<U+001B>[2J``.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if ch in "\n\t" else f"<U+{ord(ch):04X}>" if _is_hidden(ch) else ch for ch in text)


# what changes the direction of writing, or takes no room at all; the joiners of Persian and of emoji are left
_HIDDEN = frozenset("\u061c\u200b\u200e\u200f\u2028\u2029\u2060\ufeff").union(
    map(chr, range(0x202A, 0x202F)), map(chr, range(0x2066, 0x206A)), map(chr, range(0xE0000, 0xE0080))
)


def _is_hidden(ch: str) -> bool:
    return ch in _HIDDEN or unicodedata.category(ch) in ("Cc", "Cs")


def print_json(value: object) -> None:
    """One JSON document on stdout, for a program."""
    utf8 = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "") == "utf8"
    text = json.dumps(value, default=_json_value, ensure_ascii=not utf8, indent=2)
    click.echo("".join(_escaped(ch) if ch != "\n" and _is_hidden(ch) else ch for ch in text))


def _escaped(ch: str) -> str:
    return json.dumps(ch)[1:-1]


def _json_value(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form here")


def json_option(command: F) -> F:
    """Add ``--json``; the parameter is called ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")(command)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = ()) -> None:
    """A table that folds inside a terminal's width, and does not fold in a pipe; empty columns are left out.

    Where the terminal is too narrow for a table, each row becomes a block of names and values.

    Args:
        columns: headings.
        rows: cells; None is shown as nothing.
        right: headings of columns that are aligned to the right.
    """
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    texts = [["" if cell is None else plain(str(cell)) for cell in row] for row in rows]
    filled = [at for at in range(len(columns)) if not texts or any(row[at] for row in texts)]
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, _GAP, 0, 0))
    least = 0
    for at in filled:
        words = [word for row in texts for word in (columns[at].split() + row[at].split())]
        whole = min(_LONGEST_WORD, max(map(cell_len, words), default=0))  # dates, amounts and ids are not broken
        least += whole + _GAP
        justify: Literal["left", "right"] = "right" if columns[at] in right else "left"
        table.add_column(columns[at], justify=justify, overflow="fold", min_width=whole)
    if texts and least - _GAP > console().width:
        for position, row in enumerate(texts):
            if position:
                say()
            print_facts((columns[at], row[at]) for at in filled)
        return
    for row in texts:
        table.add_row(*(Text(row[at]) for at in filled))
    _print(table)


def print_facts(facts: Iterable[tuple[str, object]]) -> None:
    """Name and value, one pair a line; pairs without a value are left out."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, _GAP, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts:
        if value is not None and value != "":
            table.add_row(name, Text(plain(str(value))))
    _print(table)


def _print(table: Table) -> None:
    terminal = console()
    with terminal.capture() as drawn:
        terminal.print(table)
    for line in drawn.get().split("\n")[:-1]:  # with the colours of the terminal; the cells are plain
        click.echo(line.rstrip())


def console(*, stderr: bool = False) -> Console:
    """The terminal as wide as it is, or a pipe without folding."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    at_terminal = stream.isatty()
    return Console(
        file=stream, width=None if at_terminal else _WIDE, highlight=False, soft_wrap=not at_terminal, emoji=False
    )


def moment(value: datetime | None, time_zone: str) -> str | None:
    """A moment as the people of the company read it."""
    return None if value is None else value.astimezone(ZoneInfo(time_zone)).strftime("%Y-%m-%d %H:%M:%S %Z")


@contextmanager
def progress(title: str) -> Iterator[Callable[[int, int | None], None]]:
    """A bar on stderr while at a terminal, nothing otherwise; call the result with (done, of how many or None)."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)

        def advance(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total)

        yield advance
