"""Style sheet and icons, under an address that changes with their content, so that browsers keep them for a year."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort, send_from_directory, url_for

_FOLDER = Path(__file__).with_name("static")
STATIC = "static_file"
_A_YEAR = 31_536_000


def add_static_files(blueprint: Blueprint) -> None:
    """The address of the files; open to everybody."""

    @blueprint.get("/static/<digest>/<name>", endpoint=STATIC)
    def static_file(digest: str, name: str) -> Response:
        """One file."""
        if name not in _digests() or _digests()[name] != digest:
            abort(404)
        response = send_from_directory(_FOLDER, name, max_age=_A_YEAR)
        response.cache_control.public = True
        response.cache_control.immutable = True
        return response


def static_url(name: str) -> str:
    """The address of a file as it is now."""
    return url_for(f"portal.{STATIC}", digest=_digests()[name], name=name)


@cache
def _digests() -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest()[:16] for file in _FOLDER.iterdir()}
