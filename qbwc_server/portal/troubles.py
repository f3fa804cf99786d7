"""A page for each error number of the Web Connector and each HRESULT; open to everybody."""

from __future__ import annotations

from flask import Response

from qbwc_server.connector.numbers import NUMBERS
from qbwc_server.errors import NotFound
from qbwc_server.portal.showing import show
from qbwc_server.portal.visit import Visit
from qbxml.hresults import HRESULTS, hresult_code


def index(visit: Visit) -> Response:
    """All of them, and those that were searched for."""
    asked = visit.request.args.get("q", "").strip()[:40]
    wanted = asked.casefold().removeprefix("0x")
    numbers = [one for one in NUMBERS.values() if wanted in f"{one.code} {one.meaning}".casefold()]
    results = [one for one in HRESULTS.values() if wanted in f"{one.code} {one.meaning}".casefold()]
    return show(visit, "troubles.html", asked=asked, numbers=numbers, results=results)


def trouble(visit: Visit, number: str) -> Response:
    """One of them."""
    found, result = NUMBERS.get(number.upper()), HRESULTS.get(hresult_code(number))
    if found is None and result is None:
        raise NotFound(f"There is no page for {number[:40]!r}.")
    return show(visit, "trouble.html", number=found, result=result)
