"""docs/channels.md names every channel with all of its options, and its example is one."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.channels.contract import Draft
from qbwc_server.channels.feed.client import _fact
from qbwc_server.channels.feed.drafts import draft
from qbwc_server.channels.feed.options import FeedOptions
from qbwc_server.channels.options import declared
from qbwc_server.channels.registry import CHANNELS

PAGE = (Path(__file__).parents[2] / "docs" / "channels.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", CHANNELS)
def test_every_channel_has_its_chapter_and_every_option_its_line(code: str) -> None:
    chapter = PAGE.partition(f"### {code}: {CHANNELS[code].title}\n")[2].partition("\n##")[0]
    assert [option.name for option in declared(CHANNELS[code].options) if f"| `{option.name}` |" not in chapter] == []


def test_every_state_is_told() -> None:
    told = re.findall(r"^\| ([a-z ]+) \| .* \| .* \|$", PAGE, re.MULTILINE)
    assert {state.value.replace("_", " ") for state in ConnectionState} <= set(told)


def test_the_line_of_a_feed_is_a_document() -> None:
    found = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    fact = _fact(json.loads(found[1]))
    (made,) = draft([fact], FeedOptions(address="https://shop.example.com", name="tea"))
    assert isinstance(made, Draft)
    assert made.document.origin == "feed:tea:1001"
