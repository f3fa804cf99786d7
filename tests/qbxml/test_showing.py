"""``python -m qbxml``: the tags that are known, and what each may hold."""

import subprocess
import sys

import pytest

from qbxml import MESSAGES
from qbxml.__main__ import main
from qbxml.messages import part
from qbxml.showing import shown


def test_the_requests_one_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["QBXMLMsgsRq", "QBXMLSubscriptionMsgsRq"]
    assert set(lines[2:]) == {tag for tag in MESSAGES if tag.endswith("Rq")}
    assert len(lines) == len(set(lines))


def test_what_a_request_may_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "ReceivePaymentAddRq"]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[:6] == [
        "ReceivePaymentAddRq since 1.1",
        "@requestID optional, STRTYPE, up to 50 characters",
        "ReceivePaymentAdd required",
        "@defMacro optional, MACROTYPE",
        "CustomerRef required, ListID or FullName up to 209 characters",
        "ARAccountRef optional, ListID or FullName up to 159 characters",
    ]
    for line in (
        "TotalAmount optional, AMTTYPE, 13 digits and 2 decimals",
        "ExpirationMonth required, INTTYPE, from 1, to 12",
        "TransactionMode optional, ENUMTYPE, CardNotPresent | CardPresent, since 6.0",
        "AppliedToTxnAdd any number",
        "ExternalGUID optional, GUIDTYPE, since 9.0",
        "exactly one of: IsAutoApply | AppliedToTxnAdd",
    ):
        assert line in lines


def test_what_belongs_together(capsys: pytest.CaptureFixture[str]) -> None:
    main(["show", "InvoiceLineAdd"])
    lines = capsys.readouterr().out
    assert "at most one of: Rate | RatePercent" in lines
    assert "at most one of: SerialNumber | LotNumber" in lines
    assert "PaymentTxnID + [PaymentTxnLineID]" in "\n".join(shown(part("DepositLineAdd")))


@pytest.mark.parametrize("tag", [tag for tag in MESSAGES if tag.endswith("Rq")])
def test_every_request_can_be_shown(tag: str) -> None:
    lines = list(shown(MESSAGES[tag]))
    assert lines[0].split()[0] == tag
    plan = MESSAGES[tag]._plan
    assert {line.split()[0].lstrip("@") for line in lines} >= {*plan.by_tag, *plan.by_attribute}


def test_an_unknown_tag(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "InvoiceAdRq"]) == 1
    assert capsys.readouterr().err == "qbXML has nothing called InvoiceAdRq. Is it InvoiceAddRq?\n"


@pytest.mark.parametrize("arguments", [["show"], ["list"], ["show", "a", "b"]])
def test_a_line_that_cannot_be_understood(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "usage" in capsys.readouterr().err


def test_as_a_program() -> None:
    command = [sys.executable, "-m", "qbxml", "show", "QBXMLMsgsRq"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "@newMessageSetID" in said
    assert "up to 23 characters" in said
