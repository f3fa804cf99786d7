"""A text behaves the same in memory and in a file."""

import io
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbwc_server.connector import text as text_module
from qbwc_server.connector.text import Text, TextWriter


def written(*pieces: str, spool_above: int = 10) -> Text:
    writer = TextWriter(spool_above)
    for piece in pieces:
        writer.write(piece)
    return writer.finish()


def test_an_empty_text_is_false() -> None:
    assert not Text.of("")
    assert not written()
    assert Text.of("0")


def test_the_size_is_in_bytes_of_utf_8() -> None:
    assert Text.of("Zoë €").size == 8
    assert written("Zoë", " €").size == 8


def test_what_is_longer_than_the_limit_lies_in_a_file() -> None:
    assert not written("0123456789").in_file
    longer = written("0123456789", "x")
    assert longer.in_file
    longer.close()


@pytest.mark.parametrize("spool_above", [0, 1_000_000], ids=["in a file", "in memory"])
def test_every_reader_starts_at_the_start_and_does_not_disturb_the_others(spool_above: int) -> None:
    text = written("one\r\n", "two € three", spool_above=spool_above)
    whole = "one\r\ntwo € three".encode()
    first, second = text.open(), text.open()
    assert first.read(5) == whole[:5]
    assert second.read() == whole
    assert first.read() == whole[5:]
    first.close()
    assert text.open().read() == whole
    text.close()


@pytest.mark.parametrize("spool_above", [0, 1_000_000], ids=["in a file", "in memory"])
def test_reading_stops_at_the_limit_between_characters(spool_above: int) -> None:
    text = written("€uro\r\n", spool_above=spool_above)
    assert text.read(0) == ""
    assert text.read(1) == "€"
    assert text.read(100) == "€uro\r\n"
    text.close()


def test_a_reader_of_a_file_can_seek() -> None:
    text = written("0123456789abcdef")
    reader = text.open()
    assert reader.seekable()
    assert reader.seek(-3, io.SEEK_END) == 13
    assert reader.read() == b"def"
    assert reader.seek(1) == 1
    assert reader.seek(1, io.SEEK_CUR) == 2
    assert reader.read(2) == b"23"
    with pytest.raises(ValueError):
        reader.seek(-1)
    text.close()


def test_a_closed_text_gives_its_file_back() -> None:
    text = written("0123456789abcdef")
    reader = text.open()
    text.close()
    text.close()
    with pytest.raises(ValueError):
        reader.read()
    with pytest.raises(ValueError):
        text.open()


def test_a_discarded_writer_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    writer = TextWriter(4)
    writer.write("0123456789")
    writer.discard()
    writer.discard()
    assert list(tmp_path.iterdir()) == []


class FullDisk(io.BytesIO):
    """A file on a disk that has no room, as a buffered file notices it: late."""

    def flush(self) -> None:
        raise OSError(28, os.strerror(28))

    def close(self) -> None:
        super().close()
        raise OSError(28, os.strerror(28))


def test_a_full_disk_is_an_os_error_and_can_be_discarded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_module, "TemporaryFile", FullDisk)
    writer = TextWriter(4)
    writer.write("0123456789")
    with pytest.raises(OSError, match="No space left"):
        writer.finish()
    writer.discard()


def test_the_content_does_not_show_in_a_traceback() -> None:
    assert repr(Text.of("4111 1111 1111 1111")) == "<Text of 19 bytes>"


@settings(max_examples=60)
@given(st.lists(st.text(max_size=30), max_size=6), st.integers(min_value=0, max_value=20))
def test_what_was_written_is_what_is_read(pieces: list[str], spool_above: int) -> None:
    text = written(*pieces, spool_above=spool_above)
    whole = "".join(pieces)
    assert text.read(len(whole) + 1) == whole
    assert text.open().read() == whole.encode()
    assert text.size == len(whole.encode())
    assert bool(text) == bool(whole)
    text.close()
