"""The page on the library: every example does what it says."""

import contextlib
import io
import re
import shlex
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from qbxml.__main__ import main

PAGE = Path(__file__).resolve().parents[2] / "docs" / "qbxml.md"
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


def test_the_examples_print_what_the_page_says() -> None:
    names: dict[str, Any] = {}
    said = []
    for (kind, text), (after, expected) in pairwise([*BLOCKS, ("", "")]):
        if kind != "python":
            continue
        assert after == "text"
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(text, "docs/qbxml.md", "exec"), names)
        said.append((printed.getvalue().rstrip("\n"), expected.rstrip("\n")))
    assert said
    for printed_lines, expected_lines in said:
        assert printed_lines == expected_lines


@pytest.mark.parametrize("text", [text for kind, text in BLOCKS if kind == "console"])
def test_the_command_lines_print_what_the_page_says(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    line, expected = text.split("\n", 1)
    words = shlex.split(line)
    assert words[:4] == ["$", "python", "-m", "qbxml"]
    assert main(words[4:]) == 0
    assert capsys.readouterr().out == expected
