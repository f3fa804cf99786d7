"""Every declaration against Intuit's operations files: nothing may differ, nothing may lack."""

import pytest

from qbxml import MESSAGES
from qbxml.messages import DECLARED, TYPED, part
from tests.qbxml import write_declared
from tests.qbxml.comparison import differences, version_of
from tests.qbxml.ops_file import messages
from tests.shared_folder import shared

OPS_FILES = ("qbxmlops130.xml", "qbxmlops140.xml")
TOP_LEVEL = [tag for tag in MESSAGES if tag.endswith(("Rq", "Rs"))]
CHANGED_IN_14 = "Form1099CategoryAccountMapping"  # by 14.0, which is not spoken


@pytest.mark.parametrize("file", OPS_FILES)
@pytest.mark.parametrize("tag", TOP_LEVEL)
def test_a_message_is_declared_as_the_operations_file_has_it(file: str, tag: str) -> None:
    node = messages(file)[tag]

    assert version_of(MESSAGES[tag]._plan.since) == (node.since or (1, 0))
    found = list(differences(MESSAGES[tag], node, tag))
    assert found == [] or (file == OPS_FILES[1] and tag.startswith(CHANGED_IN_14))


@pytest.mark.parametrize("file", OPS_FILES)
def test_all_messages_are_there(file: str) -> None:
    assert set(TOP_LEVEL) == set(messages(file))


def test_the_file_of_declarations_is_what_the_script_writes() -> None:
    shared("schemas", "ops", write_declared.OPS_FILE)
    assert write_declared.TARGET.read_text("ascii") == write_declared.text()


def test_a_message_has_a_class_or_a_declaration_not_both() -> None:
    assert TYPED.keys() & set(DECLARED) == set()
    assert list(MESSAGES) == list(dict.fromkeys(MESSAGES))
    assert len(MESSAGES) == len(list(MESSAGES))


def test_every_request_has_its_response() -> None:
    requests = {tag.removesuffix("Rq") for tag in MESSAGES if tag.endswith("Rq")}
    responses = {tag.removesuffix("Rs") for tag in MESSAGES if tag.endswith("Rs")}
    assert requests == responses


def test_every_table_of_the_reference_has_a_class() -> None:
    text = shared("reference", "qbxml-messages.md").read_text("utf-8")
    listed = {line.removeprefix("### ") for line in text.splitlines() if line.startswith("### ")}
    assert listed <= TYPED.keys()


def test_a_declared_class_is_made_once() -> None:
    assert MESSAGES["VehicleMileageAddRq"] is MESSAGES["VehicleMileageAddRq"]
    assert part("VehicleMileageAdd") is MESSAGES["VehicleMileageAddRq"]._plan.by_tag["VehicleMileageAdd"].classes[0]
    assert part("InvoiceAdd") is TYPED["InvoiceAddRq"]._plan.by_tag["InvoiceAdd"].classes[0]


@pytest.mark.parametrize("name", ["", "Nonsense", "%AccountType", "VehicleMileageAddRq "])
def test_what_is_not_declared_is_not_there(name: str) -> None:
    assert MESSAGES.get(name) is None
    assert name not in MESSAGES
    with pytest.raises(LookupError):
        part(name)


def test_the_comparison_sees_differences() -> None:
    node = messages(OPS_FILES[0])["InvoiceAddRq"]

    assert list(differences(MESSAGES["SalesReceiptAddRq"], node, "x")) != []
    assert list(differences(MESSAGES["InvoiceModRq"], node, "x")) != []
