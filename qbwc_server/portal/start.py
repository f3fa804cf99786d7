"""The start page: every company of this person with its verdict, the worst first."""

from __future__ import annotations

from flask import Response

from qbwc_server.portal.showing import show
from qbwc_server.portal.visit import Visit, limited_kinds
from qbwc_server.reports.verdicts import Finding, verdicts
from qbwc_server.tenancy.access import partners_for, standings_for
from qbwc_server.tenancy.permissions import Permission


def start(visit: Visit) -> Response:
    """The list."""
    with visit.database.reading() as db:
        standings = standings_for(db, visit.by)
        companies = [one.company for one in standings]
        found = verdicts(db, companies, now=visit.now, kinds=limited_kinds(standings))
        adds = bool(partners_for(db, visit.by, Permission.ADD_COMPANIES))
    return show(
        visit, "start.html", verdicts=found, adds=adds, unwell=sum(one.finding is not Finding.WELL for one in found)
    )
