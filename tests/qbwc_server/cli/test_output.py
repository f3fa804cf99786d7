"""Exit codes, errors, tables and JSON."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import click
import pytest
from click.testing import CliRunner
from rich.console import Console
from sqlalchemy.exc import OperationalError

from qbwc_server.cli import cli, output
from qbwc_server.cli.output import (
    EXIT_CODES,
    Commands,
    Exit,
    exit_code,
    note,
    paragraph,
    plain,
    print_json,
    say,
    write_out,
)
from qbwc_server.db.unusable import SchemaOutdated, SchemaUnknown
from qbwc_server.documents.lifecycle import NotNow
from qbwc_server.errors import Conflict, Invalid, NotFound, QbwcError
from qbwc_server.serving import CannotServe
from qbwc_server.settings import BadSettings
from tests.qbwc_server.cli.conftest import CommandLine


class Strange(QbwcError):
    """Something that nobody has put into the table."""

    code: ClassVar[str] = "strange"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BadSettings(), 5),
        (SchemaOutdated(), 5),
        (SchemaUnknown(), 5),
        (CannotServe(), 5),
        (NotFound(), 3),
        (Invalid(), 4),
        (Conflict(), 4),
        (NotNow(), 4),
        (Strange(), 4),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_error_has_its_exit_status(error: QbwcError, code: int) -> None:
    assert exit_code(error) == code


def test_every_exit_status_is_explained_in_the_help() -> None:
    assert set(EXIT_CODES) == set(Exit)
    shown = CliRunner().invoke(cli, ["--help"]).stdout.split("Exit status:")[1]
    for code, meaning in EXIT_CODES.items():
        assert f"{code.value} " in shown
        assert meaning in shown


def test_the_readme_explains_the_same_exit_status() -> None:
    readme = Path(__file__).parents[3].joinpath("README.md").read_text(encoding="utf-8")
    for code, meaning in EXIT_CODES.items():
        assert f"| {code.value} | {meaning} |" in readme


def failing(error: BaseException) -> Commands:
    @click.group(cls=Commands)
    def group() -> None:
        pass

    @group.command()
    def fail() -> None:
        raise error

    return group


def test_an_error_is_told_with_code_message_detail_and_advice() -> None:
    result = CliRunner().invoke(failing(NotFound("There is no X.", detail="looked in Y")), ["fail"])
    assert result.exit_code == 3
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "not_found: There is no X.",
        "  looked in Y",
        "  Check the name or number.",
    ]


def test_a_mistake_of_ours_is_told_without_a_traceback() -> None:
    result = CliRunner().invoke(failing(ZeroDivisionError("by \x1b[2Jzero")), ["fail"])
    assert result.exit_code == 70
    assert "internal: ZeroDivisionError: by <U+001B>[2Jzero" in result.stderr
    assert "Traceback" not in result.output


def test_a_developer_gets_the_traceback_on_request() -> None:
    result = CliRunner().invoke(failing(ZeroDivisionError("zero")), ["fail"], env={"QBWC_TRACEBACK": "1"})
    assert isinstance(result.exception, ZeroDivisionError)


def test_a_database_that_cannot_be_reached_is_a_matter_of_settings() -> None:
    error = OperationalError("SELECT 1", {}, Exception("connection refused"))
    result = CliRunner().invoke(failing(error), ["fail"])
    assert result.exit_code == 5
    assert "database_unreachable: The database cannot be used: connection refused" in result.stderr
    assert "SELECT" not in result.stderr


def test_ctrl_c_has_a_status_of_its_own() -> None:
    result = CliRunner().invoke(failing(KeyboardInterrupt()), ["fail"])
    assert result.exit_code == 130


def test_text_from_outside_cannot_move_the_cursor() -> None:
    assert plain("a\x1b[2Jb\x07\nc\td\x9b") == "a<U+001B>[2Jb<U+0007> c d<U+009B>"
    assert plain("Café ミドリ") == "Café ミドリ"
    assert plain("می\u200cخواهم 👩\u200d🚀") == "می\u200cخواهم 👩\u200d🚀"


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u200f", "\u061c", "\u200b", "\ufeff", "\u2028", "\ud800"])
def test_what_turns_writing_around_is_visible(mark: str) -> None:
    assert plain(f"Acme{mark}cni") == f"Acme<U+{ord(mark):04X}>cni"


ESCAPE = "Evil\x1b]0;owned\x07\u202egnp.exe"
VISIBLE = "Evil<U+001B>]0;owned<U+0007><U+202E>gnp.exe"


@pytest.mark.parametrize("speak", [say, note, paragraph])
def test_no_line_hides_anything(speak: Callable[[str], None], capsys: pytest.CaptureFixture[str]) -> None:
    speak(f"{ESCAPE} paid")
    out, err = capsys.readouterr()
    assert out + err == f"{VISIBLE} paid\n"


def test_lines_stay_lines(capsys: pytest.CaptureFixture[str]) -> None:
    say("one\ntwo\x1b")
    assert capsys.readouterr().out == "one\ntwo<U+001B>\n"


def test_json_says_the_same_in_characters_that_are_seen(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"name": ESCAPE, "other": "\x9bミドリ"})
    shown = capsys.readouterr().out
    assert json.loads(shown) == {"name": ESCAPE, "other": "\x9bミドリ"}
    assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(shown)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_what_a_program_reads_again_is_as_it_is_but_at_a_terminal() -> None:
    for file, written in ((io.StringIO(), f"{ESCAPE}\n"), (Terminal(), f"{VISIBLE}\n")):
        write_out(file, f"{ESCAPE}\n")
        assert file.getvalue() == written


def test_a_table_in_a_pipe_is_not_folded(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table(("Name", "Total"), [("x" * 300, Decimal("1.50")), (None, 2)], right=("Total",))
    head, first, second = capsys.readouterr().out.splitlines()
    assert head == "Name" + " " * 298 + "Total"
    assert first == "x" * 300 + "   1.50"
    assert second == " " * 306 + "2"


def test_a_table_does_not_read_markup(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table(("Name",), [("[red]Not red[/red] :smile:",)])
    assert "[red]Not red[/red] :smile:" in capsys.readouterr().out


def test_a_terminal_folds_to_its_width(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "console", lambda: Console(width=20, highlight=False))
    output.print_facts([("Name", "word " * 20), ("Empty", None)])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 4
    assert max(map(len, lines)) <= 20
    assert not any("Empty" in line for line in lines)


ROWS = [(1, "2026-03-02", "Abercrombie Kitchens and Sons", "", Decimal("223.00"))]
HEADS = ("Id", "Date", "Customer", "TxnID", "Total")


def shown_at(width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(output, "console", lambda: Console(width=width, highlight=False))
    output.print_table(HEADS, ROWS, right=("Total",))
    return capsys.readouterr().out.splitlines()


def test_words_are_not_broken_and_empty_columns_are_left_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shown_at(40, capsys, monkeypatch) == [
        "Id  Date        Customer           Total",
        "1   2026-03-02  Abercrombie       223.00",
        "                Kitchens and",
        "                Sons",
    ]


def test_a_terminal_too_narrow_for_the_table_shows_blocks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shown_at(30, capsys, monkeypatch) == [
        "Id        1",
        "Date      2026-03-02",
        "Customer  Abercrombie Kitchens",
        "          and Sons",
        "Total     223.00",
    ]


def test_a_paragraph_is_folded_between_words_at_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    output.paragraph("  What to do: nothing at all, really.")
    assert capsys.readouterr().out == "  What to do: nothing at all, really.\n"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(output, "console", lambda: Console(width=20, highlight=False))
    output.paragraph("  What to do: nothing at all, really.")
    assert capsys.readouterr().out.splitlines() == ["  What to do:", "      nothing at", "      all, really."]


def test_the_program_says_how_to_call_it_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python3"))
    assert output.program() == "python3 -m qbwc_server.cli"
    script = tmp_path / "bin" / "qbwc-server"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\n")
    assert output.program() == str(Path("bin/qbwc-server"))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert output.program() == str(script)
    script.chmod(0o700)
    monkeypatch.setenv("PATH", str(script.parent))
    assert output.program() == "qbwc-server"


def test_json_holds_moments_amounts_and_ids_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    identity = UUID(int=1)
    output.print_json(
        {
            "at": datetime(2026, 3, 1, tzinfo=UTC),
            "on": date(2026, 3, 1),
            "total": Decimal("1.50"),
            "id": identity,
            "名": "é",
        }
    )
    assert json.loads(capsys.readouterr().out) == {
        "at": "2026-03-01T00:00:00+00:00",
        "on": "2026-03-01",
        "total": "1.50",
        "id": str(identity),
        "名": "é",
    }


def test_json_refuses_what_has_no_form() -> None:
    with pytest.raises(TypeError, match="set has no JSON form"):
        output.print_json({"x": set()})


def test_no_progress_is_drawn_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with output.progress("Working") as advance:
        advance(1, 2)
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_progress_is_drawn_at_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(output, "console", lambda stderr: Console(stderr=stderr, force_terminal=True, width=80))
    with output.progress("Working") as advance:
        advance(1, 2)
    assert "Working" in capsys.readouterr().err


def all_commands(group: click.Group, *path: str) -> list[tuple[tuple[str, ...], click.Command]]:
    found: list[tuple[tuple[str, ...], click.Command]] = []
    for name, command in group.commands.items():
        found.append(((*path, name), command))
        if isinstance(command, click.Group):
            found += all_commands(command, *path, name)
    return found


@pytest.mark.parametrize(
    ("path", "command"), all_commands(cli), ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_every_command_and_option_is_explained(path: tuple[str, ...], command: click.Command) -> None:
    result = CliRunner().invoke(cli, [*path, "--help"])
    assert result.exit_code == 0
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


EVERYTHING = (
    "serve scheduler demo simulate settings status db-upgrade company-add company-list company-show company-qwc "
    "company-password company-token company-options company-postpone company-pause company-resume "
    "documents-import documents-list documents-show documents-submit documents-exclude documents-restore "
    "documents-void documents-decide"
)


def test_the_promised_commands_are_there() -> None:
    assert set(EVERYTHING.split()) <= {"-".join(path) for path, _ in all_commands(cli)}


def test_an_unknown_command_is_a_matter_of_usage(run: CommandLine) -> None:
    result = run("invoice")
    assert result.exit_code == 2
    assert "No such command" in result.stderr


Command = Callable[[CommandLine], None]


@pytest.mark.parametrize(
    "arguments",
    [
        ("company", "list"),
        ("status",),
        ("documents", "list", "acme"),
        ("serve",),
        ("scheduler",),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("there", [True, False], ids=["empty", "none"])
def test_an_old_schema_is_refused_with_the_command_to_run(
    tmp_path: Path, arguments: tuple[str, ...], there: bool
) -> None:
    file = tmp_path / "new.db"
    if there:
        file.touch()
    result = CommandLine(f"sqlite:///{file}")(*arguments)
    assert result.exit_code == 5
    assert result.stderr.startswith("schema_outdated: " if there else "database_missing: ")
    assert "qbwc-server db upgrade" in result.stderr


def test_bad_settings_are_named(run: CommandLine) -> None:
    Path("bad.toml").write_text('port = "many"\n', encoding="utf-8")
    result = run("--settings", "bad.toml", "company", "list")
    assert result.exit_code == 5
    assert result.stderr.startswith("bad_settings: ")
    assert "port" in result.stderr
    result = run("--settings", "absent.toml", "settings")
    assert result.exit_code == 5
    assert "absent.toml does not exist" in result.stderr
