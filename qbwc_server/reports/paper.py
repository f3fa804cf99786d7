"""Tables on paper: a PDF with its fonts in it, so that every reader shows the same, Japanese too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from itertools import groupby
from pathlib import Path

from anyascii import anyascii
from fpdf import FPDF
from pylopdf_fonts_jp import sans_path

_WESTERN, _JAPANESE = "western", "japanese"
_FILES = {
    _WESTERN: Path(str(files("fontpkg_noto_sans"))) / "files" / "NotoSans[wdth,wght].ttf",
    _JAPANESE: sans_path(),
}
_MARGIN, _LINE, _GAP, _PAD = 12.0, 4.0, 3.0, 1.2  # millimetres
_INK, _MUTED, _RULE = 28, 92, 200  # shades of grey
_SIZE = 8.0  # points
_CELL_CHARACTERS = 400
"""More is cut, so that no row is longer than a page."""


@dataclass(frozen=True)
class Column:
    """One column: its head, and its share of the width."""

    title: str
    share: float
    right: bool = False


class Paper:
    """Pages of one document, written from top to bottom; letter size, landscape.

    Args:
        title: stands at the foot of each page, and in the properties of the file.
        made_at: the same document made again is the same file.
    """

    def __init__(self, title: str, made_at: datetime) -> None:
        self._pdf = _Pages()
        self._fonts: dict[str, str] = {}
        self._widths: dict[tuple[str, float], float] = {}
        self._lines: dict[tuple[str, float, float], list[str]] = {}
        self._pdf.set_title(self._writable(title))
        self._pdf.set_creation_date(made_at)
        self._pdf.add_page()

    def heading(self, text: str, *, size: float = 12.0) -> None:
        """A line of its own, never the last of a page."""
        self._room(size)
        pdf = self._pdf
        pdf.set_y(pdf.get_y() + _GAP)
        for line in self._wrapped(text, size, pdf.epw):
            self._write(line, pdf.l_margin, pdf.get_y() + size * 0.36, size, _INK)
            pdf.set_y(pdf.get_y() + size * 0.5)

    def paragraph(self, text: str) -> None:
        """A sentence or two."""
        pdf = self._pdf
        for line in self._wrapped(text, _SIZE + 1, pdf.epw):
            self._room(_LINE)
            self._write(line, pdf.l_margin, pdf.get_y() + _LINE * 0.75, _SIZE + 1, _MUTED)
            pdf.set_y(pdf.get_y() + _LINE + 0.4)

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
        """A table; its heads stand on each page again."""
        whole = sum(one.share for one in columns)
        widths = [one.share / whole * self._pdf.epw for one in columns]
        self._row(columns, widths, [one.title for one in columns], _MUTED)
        for row in rows:
            if not self._row(columns, widths, row, _INK):
                self._pdf.add_page()
                self._row(columns, widths, [one.title for one in columns], _MUTED)
                self._row(columns, widths, row, _INK)

    def file(self) -> bytes:
        """The document."""
        return bytes(self._pdf.output())

    def _row(self, columns: Sequence[Column], widths: Sequence[float], row: Sequence[str], shade: int) -> bool:
        """Write it; False where the page has no room for it."""
        pdf = self._pdf
        cells = [self._wrapped(text, _SIZE, width - 2 * _PAD) for text, width in zip(row, widths, strict=True)]
        height = max(len(lines) for lines in cells) * _LINE + _PAD
        top = pdf.get_y()
        if top + height > pdf.page_break_trigger:
            return False
        left = pdf.l_margin
        for column, width, lines in zip(columns, widths, cells, strict=True):
            for number, line in enumerate(lines):
                shift = width - _PAD - self._width(line, _SIZE) if column.right else _PAD
                self._write(line, left + shift, top + number * _LINE + _LINE * 0.85, _SIZE, shade)
            left += width
        pdf.set_draw_color(_RULE)
        pdf.line(pdf.l_margin, top + height, pdf.l_margin + pdf.epw, top + height)
        pdf.set_y(top + height)
        return True

    def _room(self, size: float) -> None:
        if self._pdf.get_y() + size + 2 * _LINE > self._pdf.page_break_trigger:
            self._pdf.add_page()

    def _write(self, text: str, left: float, base: float, size: float, shade: int) -> None:
        pdf = self._pdf
        pdf.set_text_color(shade)
        for font, run in groupby(text, self._font):
            said = "".join(run)
            pdf.set_font(font, size=size)
            pdf.text(left, base, said)
            left += self._width(said, size)

    def _font(self, character: str) -> str:
        """The font that has it; empty where none does."""
        known = self._fonts.get(character)
        if known is None:
            known = next((font for font in _FILES if self._pdf.has(font, character)), "")
            self._fonts[character] = known
        return known

    def _width(self, text: str, size: float) -> float:
        return sum(self._character_width(one, size) for one in text)

    def _character_width(self, character: str, size: float) -> float:
        known = self._widths.get((character, size))
        if known is None:
            self._pdf.set_font(self._font(character), size=size)
            known = self._widths[character, size] = self._pdf.get_string_width(character)
        return known

    def _wrapped(self, text: str, size: float, width: float) -> list[str]:
        """In lines; the same words come again and again."""
        known = self._lines.get((text, size, width))
        if known is None:
            known = self._lines[text, size, width] = self._broken(text, size, width)
        return known

    def _broken(self, text: str, size: float, width: float) -> list[str]:
        """Between words where that goes, else, as in Japanese, between characters."""
        lines, line, room = [], "", width
        for piece in _pieces(self._writable(text)):
            wide = self._width(piece, size)
            if wide > room and line.strip():
                lines.append(line.rstrip())
                line, room = "", width
                piece = piece.lstrip()  # noqa: PLW2901
                wide = self._width(piece, size)
            for part in [piece] if wide <= room else piece:
                of_it = self._width(part, size)
                if of_it > room and line:
                    lines.append(line)
                    line, room = "", width
                line, room = line + part, room - of_it
        return [*lines, line.rstrip()]

    def _writable(self, text: str) -> str:
        """What no font has is written in Latin letters, so that nothing is a blank."""
        cut = text if len(text) <= _CELL_CHARACTERS else f"{text[:_CELL_CHARACTERS]}…"
        return "".join(one if self._font(one) else anyascii(one) for one in " ".join(cut.split()) if one.isprintable())


class _Pages(FPDF):
    """Pages with a foot: what it is, and which page of how many."""

    def __init__(self) -> None:
        super().__init__(orientation="landscape", format="letter")
        self.set_lang("en")
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(auto=False, margin=_MARGIN + _LINE)
        for name, file in _FILES.items():
            self.add_font(name, fname=file)
        self.set_fallback_fonts([_JAPANESE])

    def has(self, font: str, character: str) -> bool:
        """Whether a font has it."""
        return ord(character) in self.fonts[font].cmap  # type: ignore[union-attr]

    def footer(self) -> None:
        """At the foot of each page."""
        self.set_y(-_MARGIN)
        self.set_font(_WESTERN, size=_SIZE)
        self.set_text_color(_MUTED)
        self.cell(self.epw / 2, _LINE, self.title or "")
        self.cell(self.epw / 2, _LINE, f"{self.page_no()} of {{nb}}", align="R")


def _pieces(text: str) -> Iterator[str]:
    """Words with the blank before them."""
    begun = 0
    for place, character in enumerate(text):
        if character == " " and place:
            yield text[begun:place]
            begun = place
    yield text[begun:]
