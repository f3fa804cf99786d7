"""Tables on paper: every character is there, every row once, heads on each page, the fonts in the file."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from pypdf import PdfReader

from qbwc_server.reports.paper import Column, Paper

AT = datetime(2026, 11, 1, 15, tzinfo=UTC)
COLUMNS = (Column("Organisation", 3), Column("Cost", 1, right=True))


def written(*rows: Sequence[str], title: str = "Report") -> bytes:
    paper = Paper(title, AT)
    paper.heading(title, size=16)
    paper.paragraph("One sentence.")
    paper.table(COLUMNS, rows)
    return paper.file()


def pages(file: bytes) -> list[str]:
    """What each says; this reader takes half of a Japanese character's code for another character."""
    return [page.extract_text().replace("\0", "") for page in PdfReader(io.BytesIO(file)).pages]


def test_every_script_is_told_and_what_no_font_has_is_written_in_latin_letters() -> None:
    (page,) = pages(written(("カフェ・ミドリ Żółć Ærø", "12.50"), ("Ñandú\x07 ไทย 😀", "1.00"), title="東京"))
    for words in ("東京", "One sentence.", "カフェ・ミドリ Żółć Ærø", "12.50", "Ñandú", ":grinning:", "1 of 1"):
        assert words in page
    assert not {"ไ", "😀", "\x07"} & set(page)


def test_each_row_stands_once_and_the_heads_on_each_page() -> None:
    found = pages(written(*((f"Customer {number:03}", f"{number}.00") for number in range(120))))
    assert len(found) > 2
    assert all("Organisation" in page and "Cost" in page for page in found)
    whole = "\n".join(found)
    assert [whole.count(f"Customer {number:03}") for number in range(120)] == [1] * 120
    assert f"{len(found)} of {len(found)}" in found[-1]


def test_a_word_wider_than_its_column_goes_on_in_the_next_line() -> None:
    (page,) = pages(written(("x" * 300, "1.00"), ("株式会社" * 60, "2.00"), ("y " * 300, "3.00")))
    assert page.count("x") == 300
    assert page.count("株") == 60
    assert max(map(len, page.splitlines())) < 180
    assert "…" in page  # of 600 characters 400 are shown


def test_the_fonts_are_in_the_file_and_the_same_report_is_the_same_file() -> None:
    file = written(("渋谷歯科", "1.00"))
    assert len(re.findall(rb"/Type /FontDescriptor", file)) == 2
    assert len(re.findall(rb"/FontFile[23] ", file)) == 2
    assert file == written(("渋谷歯科", "1.00"))
