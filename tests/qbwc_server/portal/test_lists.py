"""The lists of the company file in a browser."""

from __future__ import annotations

from tests.qbwc_server.mapping.worded import Worded
from tests.qbwc_server.portal.conftest import Browser, Town, said

ALL = "/companies/acme/lists"


def test_an_entry_is_found_and_what_is_not_there_is_said(town: Town, owner: Browser) -> None:
    Worded(town.database, town.clock, "acme", added=True)
    assert "Widget" not in said(owner.get(ALL))
    found = said(owner.get(f"{ALL}?q=widg"))
    assert "Widget Items Service W-1" in found
    assert "Gadget" not in found
    assert "No entry is like “zzzz”" in said(owner.get(f"{ALL}?q=zzzz"))
    assert "No entry is like “widg”" in said(owner.get(f"{ALL}?q=widg&list=customer"))
    assert owner.get(f"{ALL}?q=%00%F0%9F%98%80&list=nothing&asked=many").status_code == 200


def test_one_list_or_all_are_read_again(town: Town, owner: Browser) -> None:
    first = owner.send(f"{ALL}/refresh", ALL, list="customer").headers["Location"]
    assert first == f"/portal{ALL}?asked=1"
    assert "1 list is read with the next update." in said(owner.get(f"{ALL}?asked=1"))
    assert int(owner.send(f"{ALL}/refresh", ALL).headers["Location"].partition("asked=")[2]) > 5
    again = owner.send(f"{ALL}/refresh", ALL).headers["Location"].removeprefix("/portal")
    assert "with the next update already" in said(owner.get(again))
