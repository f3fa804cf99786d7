"""The numbers of the Web Connector: those that the simulated one shows, and no step without a sentence."""

from __future__ import annotations

import re
from pathlib import Path

from qbwc_server import simulator
from qbwc_server.connector.numbers import NUMBERS


def test_every_number_that_the_simulated_web_connector_shows_is_known() -> None:
    texts = [path.read_text(encoding="utf-8") for path in Path(simulator.__file__).parent.glob("*.py")]
    shown = {number for text in texts for number in re.findall(r"QBWC1\d{3}", text)}
    assert len(shown) > 10
    assert shown <= NUMBERS.keys()


def test_each_says_what_to_do_in_sentences() -> None:
    for code, one in NUMBERS.items():
        assert one.code == code
        assert one.steps
        for sentence in (one.seen, one.meaning, *one.steps):
            assert sentence.endswith("."), (code, sentence)
            assert sentence[0].isupper() or sentence[0].isdigit(), (code, sentence)
