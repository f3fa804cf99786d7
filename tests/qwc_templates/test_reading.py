"""A .qwc file as the Web Connector reads it, and every file we write read back."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwc_templates import (
    AuthFlags,
    PersonalDataPref,
    QbType,
    QwcError,
    QwcFile,
    Style,
    UnattendedModePref,
    read,
    render,
)

FOREIGN = b"""
<QBWCXML xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
\t<!-- written by another program, its elements in another order -->
\t<Scheduler><RunEveryNSeconds>90</RunEveryNSeconds><RunEveryNMinutes>5</RunEveryNMinutes></Scheduler>
\t<QBType> QBFS </QBType>
\t<FileID>{57F3B9B6-86F1-4FCC-B1FF-966DE1813D20}</FileID>
\t<OwnerID>57F3B9B1-86F1-4fcc-b1ff-966de1813d20</OwnerID>
\t<UserName>Admin</UserName><UserName>second</UserName>
\t<AppSupport>http://localhost/support?a=1&amp;b=2</AppSupport>
\t<AppDescription><![CDATA[Sales & more]]></AppDescription>
\t<AppURL>
\t\thttp://localhost/qbwc
\t</AppURL>
\t<PersonalDataPrep>pdpNotNeeded</PersonalDataPrep>
\t<AppID/>
\t<AppName>Z&#235;bra</AppName>
\t<IsReadOnly>False</IsReadOnly>
\t<Unheard><Of>1</Of></Unheard>
</QBWCXML>
"""


def test_a_foreign_file_in_another_order_with_extras() -> None:
    assert read(FOREIGN) == QwcFile(
        app_name="Zëbra",
        app_url="http://localhost/qbwc",
        app_description="Sales & more",
        app_support="http://localhost/support?a=1&b=2",
        user_name="Admin",
        owner_id=UUID("57f3b9b1-86f1-4fcc-b1ff-966de1813d20"),
        file_id=UUID("57f3b9b6-86f1-4fcc-b1ff-966de1813d20"),
        run_every_seconds=90,
    )


@pytest.mark.parametrize("declaration", [b'<?xml version="1.0"?>', b'\xef\xbb\xbf<?xml version="1.0"?>', b"\n"])
def test_the_declaration_is_optional(declaration: bytes) -> None:
    assert read(declaration + FOREIGN.lstrip()).user_name == "Admin"


REQUIRED = ["AppName", "AppID", "AppURL", "AppDescription", "AppSupport", "UserName", "OwnerID", "FileID", "QBType"]


@pytest.mark.parametrize("name", REQUIRED)
def test_a_required_element_must_be_there(name: str) -> None:
    with pytest.raises(QwcError) as caught:
        read(FOREIGN.replace(f"<{name}".encode(), b"<Other").replace(f"</{name}>".encode(), b"</Other>"))
    assert (caught.value.code, caught.value.path) == ("missing", name)


@pytest.mark.parametrize(
    ("old", "new", "code", "path"),
    [
        (b" QBFS ", b"QBOE", "bad_value", "QBType"),
        (b"{57F3B9B6-86F1", b"{57F3B9B6-86", "bad_guid", "FileID"),
        (b">90<", b">soon<", "bad_number", "Scheduler/RunEveryNSeconds"),
        (b">90<", b">-1<", "bad_number", "Scheduler/RunEveryNSeconds"),
        (b"<AppID/>", b"<AppID/><AuthFlags>0x10</AuthFlags>", "bad_value", "AuthFlags"),
        (b"<AppID/>", b"<AppID/><AuthFlags>all</AuthFlags>", "bad_value", "AuthFlags"),
        (b"<AppID/>", b"<AppID/><Style>REST</Style>", "bad_value", "Style"),
        (b"</QBWCXML>", b"", "not_xml", "QBWCXML"),
        (b"QBWCXML", b"HTML", "not_xml", "QBWCXML"),
    ],
)
def test_a_value_that_cannot_be_read_is_named(old: bytes, new: bytes, code: str, path: str) -> None:
    with pytest.raises(QwcError) as caught:
        read(FOREIGN.replace(old, new))
    assert (caught.value.code, caught.value.path) == (code, path)


@pytest.mark.parametrize(
    "doctype",
    [
        b'<!DOCTYPE QBWCXML [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]>',
        b'<!DOCTYPE QBWCXML [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
        b'<!DOCTYPE QBWCXML SYSTEM "http://localhost/x.dtd">',
    ],
)
def test_a_document_type_is_refused(doctype: bytes) -> None:
    with pytest.raises(QwcError, match="document type"):
        read(doctype + FOREIGN.replace(b"Admin", b"&a;" if b"ENTITY" in doctype else b"Admin"))


@pytest.mark.parametrize("source", [b"", b"   ", b"not xml", b"\xff\xfe\x00", b"<a>" * 10_000, b"<QBWCXML>" * 100_000])
def test_garbage_is_refused(source: bytes) -> None:
    with pytest.raises(QwcError):
        read(source)


hosts = st.sampled_from(["localhost", "example.com", "books.example.com", "xn--bcher-kva.example"])
texts = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=80
).filter(lambda text: text == text.strip())


@st.composite
def qwc_files(draw: st.DrawFn) -> QwcFile:
    host = draw(hosts)
    minutes, seconds = draw(
        st.tuples(st.integers(1, 999_999), st.none()) | st.tuples(st.none(), st.integers(1, 999_999) | st.none())
    )
    return QwcFile(
        app_name=draw(texts),
        app_url=f"https://{host}:8443/qbwc?a=1&b=2",
        app_description=draw(texts),
        app_support=f"https://{host}/support",
        user_name=draw(texts),
        owner_id=draw(st.uuids()),
        file_id=draw(st.uuids()),
        app_id=draw(st.just("") | texts),
        qb_type=draw(st.sampled_from(QbType)),
        style=draw(st.sampled_from(Style)),
        run_every_minutes=minutes,
        run_every_seconds=seconds,
        is_read_only=draw(st.booleans()),
        notify=draw(st.booleans()),
        personal_data_pref=draw(st.none() | st.sampled_from(PersonalDataPref)),
        unattended_mode_pref=draw(st.none() | st.sampled_from(UnattendedModePref)),
        auth_flags=draw(st.none() | st.integers(0, 15).map(AuthFlags)),
        app_display_name=draw(st.none() | texts),
        app_unique_name=draw(st.none() | texts),
        cert_url=draw(st.none() | st.just("https://example.com/certificate")),
    )


@given(qwc_files())
def test_what_is_written_is_read_back(file: QwcFile) -> None:
    assert read(render(file)) == file
