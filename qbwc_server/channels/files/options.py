"""What a connection of files is told once, for every file that is uploaded to it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from qbwc_server.channels.options import ChannelOptions

FIRST = "files"  # the name of the connection that the first upload makes


class FilesOptions(ChannelOptions):
    """Options of a connection of files; what an upload says itself goes before them."""

    name: Annotated[str, StringConstraints(pattern="^[a-z0-9-]{1,30}$")] = Field(
        default=FIRST,
        title="Name of the source",
        description="Keeps files of several sources apart, such as those of two shops. Origins stand in the files.",
    )
    format: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = Field(
        default="", title="Format", description="Code of the format of every file. Left out, each is recognised."
    )
    settings: dict[str, str] = Field(
        default={},
        title="Options of the format",
        description="What docs/formats.md lists for the format, such as tip_item=Tips; an upload may say otherwise.",
    )
