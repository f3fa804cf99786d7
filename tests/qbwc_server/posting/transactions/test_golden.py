"""What is sent about every kind is what it was, byte by byte, and QuickBooks' schema takes it."""

from __future__ import annotations

import pytest

from qbwc_server.posting.transactions import TRANSACTIONS
from qbxml import message_set
from tests.kinds_examples import GOLDEN
from tests.qbwc_server.posting.transactions.golden_files import texts
from tests.qbxml.schema import faults


@pytest.mark.parametrize("kind", TRANSACTIONS)
def test_the_messages_of_every_kind(kind: str) -> None:
    written = texts(kind)
    assert sorted(written) == sorted(path.stem for path in (GOLDEN / kind).glob("*.xml"))
    for name, text in written.items():
        assert text == (GOLDEN / kind / f"{name}.xml").read_text(encoding="utf-8"), name
        assert faults(message_set([text.replace(">\n<", "><").strip()])) == [], name
