"""Every request and every returned object against its golden file."""

import re

import pytest

from qbxml import MESSAGES, read_message, render
from tests.qbxml.examples import GOLDEN, GOLDEN_TAGS, example, indented


@pytest.mark.parametrize("tag", GOLDEN_TAGS)
def test_golden_file_survives_the_round_trip(tag: str) -> None:
    golden = (GOLDEN / f"{tag}.xml").read_text(encoding="ascii")

    message = read_message(golden)

    assert message == example(MESSAGES[tag])
    assert render(message) == re.sub(r">\n\s*<", "><", golden).strip()
    assert indented(render(message)) == golden


def test_there_is_a_golden_file_for_every_message_and_no_other() -> None:
    assert {path.stem for path in GOLDEN.glob("*.xml")} == set(GOLDEN_TAGS)


@pytest.mark.parametrize("tag", [tag for tag in MESSAGES if tag.endswith("Rs")])
def test_every_response_survives_the_round_trip(tag: str) -> None:
    message = example(MESSAGES[tag])

    assert read_message(render(message)) == message
