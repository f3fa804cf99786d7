"""What all transactions and all list entries share is said once."""

import pytest

from qbxml import MissingElement, read_answers, read_message, render
from qbxml.messages import TYPED
from qbxml.messages.receive_payment import ReceivePaymentRet
from qbxml.returned import ListRet, NamedRet, TxnRet

RETURNED = [cls for tag, cls in TYPED.items() if tag.endswith("Ret")]


COMMON = ["TimeCreated", "TimeModified", "EditSequence"]


@pytest.mark.parametrize(("base", "tags"), [(TxnRet, ["TxnID", *COMMON, "TxnNumber"]), (ListRet, ["ListID", *COMMON])])
def test_whatever_begins_like_one_is_one(base: type, tags: list[str]) -> None:
    alike = {cls for cls in RETURNED if [slot.tag for slot in cls._plan.elements[: len(tags)]] == tags}
    assert alike
    assert alike == {cls for cls in RETURNED if issubclass(cls, base)}


def test_an_entry_with_a_name_is_a_named_one() -> None:
    named = {cls for cls in RETURNED if issubclass(cls, ListRet) and "Name" in cls._plan.by_tag}
    assert named == {cls for cls in RETURNED if issubclass(cls, NamedRet)}


def test_a_payment_of_credits_alone_came_without_a_transaction() -> None:
    answer = next(
        read_answers(
            '<QBXML><QBXMLMsgsRs><ReceivePaymentAddRs statusCode="0"><ReceivePaymentRet><Memo>only credits</Memo>'
            "</ReceivePaymentRet></ReceivePaymentAddRs></QBXMLMsgsRs></QBXML>"
        )
    )
    (ret,) = answer.rets
    assert isinstance(ret, ReceivePaymentRet)
    assert ret.memo == "only credits"
    assert read_message(render(ret)) == ret
    with pytest.raises(MissingElement, match="without TxnID"):
        _ = ret.txn_id
