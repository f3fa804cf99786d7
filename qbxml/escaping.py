"""Text as XML in pure ASCII."""

import re

_NEEDS_CARE = re.compile(r"[&<>]")


def escaped(text: str) -> str:
    """``text`` as XML content in pure ASCII."""
    if _NEEDS_CARE.search(text):
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if text.isascii():
        return text
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def quoted(text: str) -> str:
    """``text`` as an XML attribute value in pure ASCII, without the quotes around it."""
    return escaped(text).replace('"', "&quot;").replace("\t", "&#9;").replace("\n", "&#10;")
