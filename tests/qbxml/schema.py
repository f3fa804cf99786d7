"""Intuit's XML schema for qbXML 13.0, compiled once per run."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

from lxml import etree

from tests.shared_folder import shared


@cache
def schema() -> etree.XMLSchema:
    """The schema, from a mended copy.

    As handed out, its entry file includes a file that does not exist, and the value of an inventory adjustment may
    occur from zero to zero times; the operations file has it once.
    """
    source = shared("schemas", "qbxml-13.0")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for path in source.glob("*.xsd"):
            shutil.copyfile(path, copy / path.name)
        entry = copy / "qbxmlops130.xsd"
        entry.write_text(entry.read_text("utf-8").replace("qbxml130_modified.xsd", "qbxml130.xsd"), "utf-8")
        types = copy / "qbxml130.xsd"
        types.write_text(types.read_text("utf-8").replace('minOccurs="0" maxOccurs="0"', 'minOccurs="0"'), "utf-8")
        return etree.XMLSchema(etree.parse(entry))


def faults(document: str) -> list[str]:
    """What the schema says against a document; empty if it is valid."""
    found = etree.fromstring(document.encode("ascii"))
    if schema().validate(found):
        return []
    return [entry.message for entry in schema().error_log]
