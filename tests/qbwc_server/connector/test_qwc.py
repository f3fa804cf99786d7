"""The .qwc file of a company, whatever the company is called."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

import qwc_templates
from qbwc_server.connector.models import ConnectorLogin
from qbwc_server.connector.qwc import qwc_file
from qbwc_server.settings import Settings, load
from qbwc_server.tenancy.models import Company


@pytest.fixture
def settings() -> Settings:
    return load(base_url="https://books.example.com/qb/")


def company(name: str, code: str = "kern") -> tuple[Company, ConnectorLogin]:
    login = ConnectorLogin(user=code, owner_id=str(uuid4()), file_id=str(uuid4()))
    return Company(code=code, name=name), login


def test_what_the_web_connector_reads(settings: Settings) -> None:
    kern = company("Kern & Söhne <GmbH>")
    file = qwc_templates.read(qwc_file(*kern, settings, every_minutes=5))
    assert (file.app_url, file.app_support) == (
        "https://books.example.com/qb/qbwc", "https://books.example.com/qb/support",
    )  # fmt: skip
    assert (file.user_name, file.run_every_minutes, file.is_read_only) == ("kern", 5, False)
    assert (file.owner_id, file.file_id) == (UUID(kern[1].owner_id), UUID(kern[1].file_id))
    assert "Kern & Söhne <GmbH>" in file.app_name
    assert qwc_templates.read(qwc_file(*kern, settings)).run_every_minutes is None


@pytest.mark.parametrize("name", ["x" * 200, "東京　本店" * 40, "👩‍🚀", "a" * 51 + " " + "b" * 60, "]]>", "&amp;"])
def test_any_name_that_a_company_may_have_makes_a_valid_file(settings: Settings, name: str) -> None:
    for length in range(40, 60):  # wherever the description is cut
        padded = f"{'x' * length} {name}"[:200].strip()
        file = qwc_templates.read(qwc_file(*company(padded), settings))
        qwc_templates.check(file)
        assert padded in file.app_name
        assert len(file.app_description) <= 80


def test_two_companies_are_two_applications(settings: Settings) -> None:
    files = [qwc_templates.read(qwc_file(*company("Kern", code), settings)) for code in ("one", "two")]
    assert len({file.app_name for file in files}) == len({file.app_unique_name for file in files}) == 2


def test_an_address_that_the_web_connector_refuses() -> None:
    with pytest.raises(qwc_templates.QwcError, match="IP address"):
        qwc_file(*company("Kern"), load(base_url="https://192.0.2.1"))
