"""The declaration of the files' channel: what it brings is uploaded."""

from __future__ import annotations

from qbwc_server.channels.contract import Channel
from qbwc_server.channels.files.options import FilesOptions

FILES = Channel(
    code="files",
    title="Files",
    brings="The documents of files that somebody uploads: JSON Lines, CSV, Excel, and exports of shops.",
    needs="Nothing: the first file connects it.",
    options=FilesOptions,
    account=lambda options: options.name,
    every_minutes=0,
    at_least_minutes=0,
)
