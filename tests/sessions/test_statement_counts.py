"""A SOAP call takes as many SQL statements in a crowd as alone."""

from __future__ import annotations

from bench import company, crowd, statements
from qbwc_server.db import Database


def test_statements_of_a_call_do_not_grow_with_requests_or_companies(database: Database) -> None:
    alone = company.add(database, "alone")
    company.bring(database, company.invoices(statements.INVOICES), "alone")
    first = statements.of_one_session(database, alone, code="alone")

    crowd.fill(database, companies=200, requests=10_000)
    among = company.add(database, "among-many")
    company.bring(database, company.invoices(statements.INVOICES), "among-many")
    later = statements.of_one_session(database, among, code="among-many")

    assert set(first) == {
        "authenticate",
        "first sendRequestXML",
        "later sendRequestXML",
        "receiveResponseXML",
        "closeConnection",
    }
    assert later == first
    assert max(first.values()) <= 30, first
