"""Files that cannot be imported are named for what they are, with what to do."""

from __future__ import annotations

import io
import zipfile

import pytest

from qbwc_server.channels.files.contract import UnknownFormat
from qbwc_server.channels.files.formats import recognise

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


def archive(**parts: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"!TRNS\tTRNSTYPE\tDATE\n!SPL\n", "IIF"),
        (b"\xef\xbb\xbf!HDR\tPROD\n", "IIF"),
        (b"<!DOCTYPE html><html>", "HTML"),
        (b"\r\n<table border=1><tr><td>kind</td>", "HTML"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook>', "Excel 2003"),
        (b'<?xml version="1.0"?><orders/>', "XML"),
        (b"OFXHEADER:100\nDATA:OFXSGML\n", "OFX"),
        (b"!Type:Bank\nD3/4/26\n", "QIF"),
        (b"{\\rtf1\\ansi", "RTF"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"Rar!\x1a\x07", "archive"),
        (b"\x89PNG\r\n", "picture"),
        (b"SQLite format 3\x00", "database"),
        (OLE, ".xls"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        (archive(a_dot_csv="kind,origin"), "zip archive"),
        (archive(mimetype="application/vnd.oasis.opendocument.spreadsheet", content="x"), ".ods"),
        (archive(mimetype="application/vnd.oasis.opendocument.text"), "OpenDocument"),
        (archive(word__document_dot_xml="x"), "Word"),
        (archive(xl__workbook_dot_bin="x"), ".xlsb"),
        (b"PK\x03\x04 cut off", "damaged"),
    ],
)
def test_each_is_named_and_has_advice(content: bytes, said: str) -> None:
    with pytest.raises(UnknownFormat, match=said) as refused:
        recognise(io.BytesIO(content), "sales.csv")
    assert refused.value.advice
    assert "docs/formats.md" not in refused.value.advice
