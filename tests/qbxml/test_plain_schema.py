"""JSON schemas of messages: every golden example that ``plain`` makes is as its schema says."""

from pathlib import Path

import pytest
from jsonschema_rs import Draft202012Validator

from qbxml import MESSAGES, Schemas, plain, read_message

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*Rq*.xml"))


def validator(name: str) -> Draft202012Validator:
    schemas = Schemas(lambda one: f"#/$defs/{one}")
    top = schemas.of(MESSAGES[name])
    return Draft202012Validator({**top, "$defs": schemas.made})


def test_there_are_examples() -> None:
    assert len(GOLDEN) > 50


@pytest.mark.parametrize("example", GOLDEN, ids=lambda path: path.stem)
def test_an_example_is_as_its_schema_says(example: Path) -> None:
    message = read_message(example.read_text(encoding="utf-8"))
    found = [
        f"{list(one.instance_path)}: {one.message}"
        for one in validator(type(message).__name__).iter_errors(plain(message))
    ]
    assert found == []


def test_what_is_left_out_is_not_told_and_parts_of_one_name_are_kept_apart() -> None:
    schemas = Schemas(lambda one: one, prefix="q.", left_out=("request_id",))
    for name in MESSAGES:
        if name.endswith("Rq"):
            schemas.of(MESSAGES[name])
    assert all("request_id" not in made.get("properties", {}) for made in schemas.made.values())
    assert all(name.startswith("q.") for name in schemas.made)
    assert schemas.of(MESSAGES["CustomerQueryRq"]) == {"$ref": "q.CustomerQueryRq"}


def test_a_wrong_value_is_none() -> None:
    customers = validator("CustomerQueryRq")
    assert customers.is_valid({"max_returned": 1})
    for wrong in ({"max_returned": "1"}, {"max_returned": 0}, {"maxReturned": 1}, {"owner_ids": "0"}):
        assert not customers.is_valid(wrong)
