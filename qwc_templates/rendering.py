"""Writes a .qwc file."""

from pathlib import Path
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from qwc_templates.qwc_file import QwcFile, check

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def render(file: QwcFile) -> bytes:
    """The .qwc file in pure ASCII, other characters as numeric references.

    Raises:
        QwcError: a rule of the Web Connector is broken.
    """
    check(file)
    text = _TEMPLATES.get_template("application.qwc.j2").render(
        file=file,
        owner_id=_guid(file.owner_id),
        file_id=_guid(file.file_id),
        auth_flags=None if file.auth_flags is None else f"0x{file.auth_flags.value:X}",
        is_read_only="true" if file.is_read_only else "false",
        notify="true" if file.notify else "false",
    )
    return text.encode("ascii", "xmlcharrefreplace")


def _guid(value: UUID) -> str:
    return f"{{{value}}}"
