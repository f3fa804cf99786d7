"""Where a feed stands, and how it is read."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints

from qbwc_server.channels.options import ChannelOptions
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.mapping.said import LISTS_OF_WORDS

_WORD = "|".join(LISTS_OF_WORDS)
_WORDS = f"^(({_WORD})(,({_WORD}))*)?$"


class FeedOptions(ChannelOptions):
    """Options of a feed."""

    address: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)] = Field(
        title="Address",
        description="Where the feed stands, such as https://shop.example.com/books.",
        json_schema_extra={"format": "uri"},
    )
    name: Annotated[str, StringConstraints(pattern="^[a-z0-9-]{1,30}$")] = Field(
        title="Name of the source",
        description="Stands in the origin of every document, for ever: the same name is the same source.",
    )
    key: SecretStr = Field(
        default=SecretStr(""), title="Key", description="Sent as Authorization: Bearer KEY. Left out: nothing is sent."
    )
    page_size: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=200, title="Facts on a page", description="How many facts are asked for at a time."
    )
    words: Annotated[str, StringConstraints(strip_whitespace=True, pattern=_WORDS)] = Field(
        default="",
        title="Words to be mapped",
        description="Which names are the feed's own words, mapped here to entries of QuickBooks: item,customer,... "
        "Left out: all names are those of QuickBooks.",
    )

    rules: bool = Field(
        default=False,
        title="Accounts by rules",
        description="Whether lines of checks, card charges, bills and deposits go to accounts by the rules of the "
        "company, and by what was learnt; the account that the feed names counts where neither says another.",
    )

    tell_back: bool = Field(
        default=False,
        title="Tell what became of documents",
        description="Whether the feed is told which documents stand in QuickBooks, were refused, or wait for a person.",
    )

    @property
    def kinds(self) -> tuple[WordKind, ...]:
        """The kinds of words that are to be mapped."""
        return tuple(WordKind(name) for name in self.words.split(",") if name)
