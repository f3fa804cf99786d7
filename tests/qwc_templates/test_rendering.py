"""A .qwc file as it is written: exact text, escaping, and every rule of the Web Connector."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from qwc_templates import AuthFlags, PersonalDataPref, QwcError, QwcFile, UnattendedModePref, check, render

OWNER = UUID("5f3b4a1c-0000-4000-8000-00000000a11c")
FILE = UUID("5f3b4a1c-0000-4000-8000-0000000000f1")
PLAIN = QwcFile(
    app_name="Kern Lighting",
    app_url="https://books.example.com/qbwc",
    app_description="Invoices of Kern Lighting",
    app_support="https://books.example.com/support",
    user_name="kern",
    owner_id=OWNER,
    file_id=FILE,
)


def test_the_plain_file() -> None:
    assert render(replace(PLAIN, run_every_minutes=5)).decode() == (
        '<?xml version="1.0"?>\n'
        "<QBWCXML>\n"
        "  <AppName>Kern Lighting</AppName>\n"
        "  <AppID></AppID>\n"
        "  <AppURL>https://books.example.com/qbwc</AppURL>\n"
        "  <AppDescription>Invoices of Kern Lighting</AppDescription>\n"
        "  <AppSupport>https://books.example.com/support</AppSupport>\n"
        "  <UserName>kern</UserName>\n"
        "  <OwnerID>{5f3b4a1c-0000-4000-8000-00000000a11c}</OwnerID>\n"
        "  <FileID>{5f3b4a1c-0000-4000-8000-0000000000f1}</FileID>\n"
        "  <QBType>QBFS</QBType>\n"
        "  <Style>Document</Style>\n"
        "  <IsReadOnly>false</IsReadOnly>\n"
        "  <Notify>false</Notify>\n"
        "  <Scheduler>\n"
        "    <RunEveryNMinutes>5</RunEveryNMinutes>\n"
        "  </Scheduler>\n"
        "</QBWCXML>\n"
    )


def test_every_optional_element_is_written() -> None:
    text = render(
        replace(
            PLAIN,
            app_id="K-1",
            run_every_seconds=30,
            notify=True,
            is_read_only=True,
            personal_data_pref=PersonalDataPref.NOT_NEEDED,
            unattended_mode_pref=UnattendedModePref.OPTIONAL,
            auth_flags=AuthFlags.PRO | AuthFlags.PREMIER | AuthFlags.ENTERPRISE,
            app_display_name="Kern",
            app_unique_name="kern-lighting",
            cert_url="https://certificates.example.com/",
        )
    ).decode()
    for element in (
        "<AppID>K-1</AppID>",
        "<RunEveryNSeconds>30</RunEveryNSeconds>",
        "<Notify>true</Notify>",
        "<IsReadOnly>true</IsReadOnly>",
        "<PersonalDataPref>pdpNotNeeded</PersonalDataPref>",
        "<UnattendedModePref>umpOptional</UnattendedModePref>",
        "<AuthFlags>0xE</AuthFlags>",
        "<AppDisplayName>Kern</AppDisplayName>",
        "<AppUniqueName>kern-lighting</AppUniqueName>",
        "<CertURL>https://certificates.example.com/</CertURL>",
    ):
        assert element in text


def test_text_is_escaped_and_the_file_is_ascii() -> None:
    rendered = render(replace(PLAIN, app_name="Zoë & <Söhne>", app_description='{{ 7 * 7 }} "]]>"'))
    assert b"<AppName>Zo&#235; &amp; &lt;S&#246;hne&gt;</AppName>" in rendered
    assert b"<AppDescription>{{ 7 * 7 }} &#34;]]&gt;&#34;</AppDescription>" in rendered


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"app_url": "http://books.example.com/qbwc"}, "not_https", "AppURL"),
        ({"app_url": "ftp://books.example.com/qbwc"}, "bad_url", "AppURL"),
        ({"app_url": "books.example.com/qbwc"}, "bad_url", "AppURL"),
        ({"app_url": "https:///qbwc"}, "bad_url", "AppURL"),
        ({"app_url": "https://books.example.com:none/"}, "bad_url", "AppURL"),
        ({"app_url": "https://[books/"}, "bad_url", "AppURL"),
        ({"app_url": "https://user:word@books.example.com/"}, "bad_url", "AppURL"),
        ({"app_url": "https://books.example.com/a b"}, "bad_url", "AppURL"),
        ({"app_url": ""}, "missing", "AppURL"),
        ({"app_url": "https://192.0.2.7/qbwc"}, "ip_address", "AppURL"),
        ({"app_url": "https://[2001:db8::1]/qbwc"}, "ip_address", "AppURL"),
        ({"app_url": "http://127.0.0.1/qbwc"}, "ip_address", "AppURL"),
        ({"app_url": "http://127.1/qbwc"}, "ip_address", "AppURL"),
        ({"app_url": "http://0x7f000001/qbwc"}, "ip_address", "AppURL"),
        ({"app_support": "https://192.0.2.7/"}, "ip_address", "AppSupport"),
        ({"app_support": "https://www.example.com/"}, "other_host", "AppSupport"),
        ({"app_support": "https://books.example.com.evil.example/"}, "other_host", "AppSupport"),
        ({"cert_url": "http://books.example.com/"}, "not_https", "CertURL"),
        ({"app_description": "d" * 81}, "too_long", "AppDescription"),
        ({"app_description": "two\nlines"}, "bad_character", "AppDescription"),
        ({"app_name": ""}, "missing", "AppName"),
        ({"app_name": " "}, "bad_character", "AppName"),
        ({"app_name": "null\x00"}, "bad_character", "AppName"),
        ({"app_name": "half \ud83d"}, "bad_character", "AppName"),
        ({"user_name": ""}, "missing", "UserName"),
        ({"user_name": "kern "}, "bad_character", "UserName"),
        ({"app_display_name": ""}, "missing", "AppDisplayName"),
        ({"owner_id": UUID(int=0)}, "bad_guid", "OwnerID"),
        ({"file_id": UUID(int=0)}, "bad_guid", "FileID"),
        ({"run_every_minutes": 0}, "bad_number", "Scheduler/RunEveryNMinutes"),
        ({"run_every_seconds": -5}, "bad_number", "Scheduler/RunEveryNSeconds"),
        ({"run_every_minutes": 5, "run_every_seconds": 5}, "both_schedules", "Scheduler"),
    ],
)
def test_what_the_web_connector_refuses_is_not_written(changes: dict[str, Any], code: str, path: str) -> None:
    with pytest.raises(QwcError) as caught:
        render(replace(PLAIN, **changes))
    assert (caught.value.code, caught.value.path) == (code, path)
    assert str(caught.value).startswith(f"{path}: ")


@pytest.mark.parametrize(
    "changes",
    [
        {"app_url": "http://localhost:8000/qbwc", "app_support": "http://localhost:8000/"},
        {"app_url": "https://localhost/qbwc", "app_support": "http://localhost/"},
        {"app_url": "https://BOOKS.example.com:8443/qbwc"},
        {"app_support": "http://books.example.com/support"},
        {"app_description": "d" * 80},
        {"app_url": "https://10.example.com/", "app_support": "https://10.example.com/"},
        {"run_every_minutes": 1},
    ],
)
def test_what_the_web_connector_takes_is_taken(changes: dict[str, Any]) -> None:
    check(replace(PLAIN, **changes))
