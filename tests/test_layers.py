"""The shape of the source: who imports whom, how modules are called, what tables must have, which codes errors bear."""

from __future__ import annotations

import ast
import pkgutil
import subprocess
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path

import click
import pytest

import qbwc_server
from qbwc_server.cli import cli
from qbwc_server.db import schema
from qbwc_server.errors import QbwcError

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("qbxml", "qwc_templates", "qbwc_server")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
# Names under which anything may be put. Such a function belongs to a noun, or to its only caller.
BAGS = {"util", "helper", "common", "misc", "service", "manager", "base", "tool", "stuff", "lib"}
LONGEST_FUNCTION, LONGEST_FILE = 60, 400
TABLES_OF_NOBODY = {
    "browser_sessions",
    "companies",
    "login_failures",
    "partners",
    "password_resets",
    "second_factors",
    "server_keys",
    "sign_in_links",
    "users",
}


def test_imports_point_one_way() -> None:
    command = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    result = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]


def test_no_module_is_a_bag() -> None:
    named = {part: path for path in SOURCES for part in (*path.relative_to(ROOT).parts[:-1], path.stem)}
    bags = {str(path.relative_to(ROOT)) for part, path in named.items() if part.strip("_").removesuffix("s") in BAGS}
    assert bags == set()


def test_no_function_is_longer_than_sixty_lines() -> None:
    functions = [
        (path, node)
        for path in SOURCES
        if "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    lengths = {f"{path.relative_to(ROOT)}: {node.name}": _lines(node) for path, node in functions}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    """But for the messages of qbxml, which are a table of elements."""
    texts = [path for path in SOURCES if path.parent.name not in {"messages", "versions"}]
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in texts}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_every_module_says_what_it_is() -> None:
    texts = {path.relative_to(ROOT): path.read_text(encoding="utf-8") for path in SOURCES}
    silent = [str(path) for path, text in texts.items() if text.strip() and not ast.get_docstring(ast.parse(text))]
    assert silent == []


def test_every_table_belongs_to_a_company() -> None:
    tables = schema.declared().tables
    without = {name for name, table in tables.items() if "company_id" not in table.columns}
    assert without == TABLES_OF_NOBODY


def test_every_model_is_known_to_the_schema() -> None:
    declaring = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in SOURCES
        if "__tablename__" in path.read_text(encoding="utf-8")
    }
    assert declaring == set(schema.MODELS)


def test_the_migrations_stand_in_one_line() -> None:
    """Two that bear one number, as when two people add one each, would stop every upgrade."""
    scripts = sorted((ROOT / "qbwc_server/db/migrations/versions").glob("*.py"))
    assert [script.name[:4] for script in scripts] == [f"{n:04}" for n in range(1, len(scripts) + 1)]
    for number, script in enumerate(scripts, 1):
        text = script.read_text(encoding="utf-8")
        before = f'"{number - 1:04}"' if number > 1 else "None"
        assert f'\nrevision = "{number:04}"\ndown_revision = {before}\n' in text, script.name


def _errors(kind: type[QbwcError]) -> set[type[QbwcError]]:
    return {kind}.union(*(_errors(child) for child in kind.__subclasses__()))


@pytest.fixture(scope="module")
def errors() -> set[type[QbwcError]]:
    for module in pkgutil.walk_packages(qbwc_server.__path__, "qbwc_server."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    return {error for error in _errors(QbwcError) if error.__module__.startswith("qbwc_server.")}


def test_every_error_has_a_code_of_its_own(errors: set[type[QbwcError]]) -> None:
    codes = Counter(error.code for error in errors if "code" in vars(error))
    assert {code for code, count in codes.items() if count > 1} == set()
    raised = {error for error in errors if not error.__subclasses__()}
    assert {error.__name__ for error in raised if "code" not in vars(error)} == set()


def test_every_error_has_a_sentence_to_show(errors: set[type[QbwcError]]) -> None:
    assert [error.__name__ for error in errors if not (error.__doc__ or "").strip()] == []


def test_nothing_names_the_machine_it_was_written_on() -> None:
    places = ("/wo" + "rk/", "/ro" + "ot/", "farm" + "-studio")
    files = [
        *SOURCES,
        *(ROOT / "tests").rglob("*.py"),
        *ROOT.glob("*.*"),
        *ROOT.glob("docs/**/*.md"),
        ROOT / "Makefile",
    ]
    found = [
        f"{path.relative_to(ROOT)}: {place}"
        for path in files
        if path.is_file() and path.name != ".git"  # a worktree's pointer to its repository
        for place in places
        if place in path.read_text(encoding="utf-8", errors="replace")
    ]
    assert found == []


def test_no_text_for_people_bears_the_marks_of_a_docstring(errors: set[type[QbwcError]]) -> None:
    """What is said in an error or in a help text is no reStructuredText."""
    said = {error.__name__: f"{error.__doc__} {error.advice}" for error in errors if error.__subclasses__() == []}
    todo: list[tuple[str, click.Command]] = [("qbwc-server", cli)]
    while todo:
        name, command = todo.pop()
        context = click.Context(command, info_name=name)
        said[name] = command.get_help(context)
        if isinstance(command, click.Group):
            inner = ((each, command.get_command(context, each)) for each in command.list_commands(context))
            todo.extend((f"{name} {each}", found) for each, found in inner if found is not None)
    assert [name for name, text in said.items() if "``" in text or ":func:" in text or ":class:" in text] == []
