"""Intuit's XML schema for qbXML 13.0, compiled once per run."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

from lxml import etree

from tests.shared_folder import shared


@cache
def schema() -> etree.XMLSchema:
    """The schema. As handed out, its entry file includes a file that does not exist; a copy is mended."""
    source = shared("schemas", "qbxml-13.0")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for path in source.glob("*.xsd"):
            shutil.copyfile(path, copy / path.name)
        entry = copy / "qbxmlops130.xsd"
        entry.write_text(entry.read_text("utf-8").replace("qbxml130_modified.xsd", "qbxml130.xsd"), "utf-8")
        return etree.XMLSchema(etree.parse(entry))


def faults(document: str) -> list[str]:
    """What the schema says against a document; empty if it is valid."""
    found = etree.fromstring(document.encode("ascii"))
    if schema().validate(found):
        return []
    return [entry.message for entry in schema().error_log]
