"""``/status/SECRET``: the state of one company for whoever was given the link, plainly, and nothing to press."""

from __future__ import annotations

from flask import Blueprint, Response, render_template_string

from qbwc_server.clock import Clock
from qbwc_server.connector.closing import STATUS_PATH, company_of_link
from qbwc_server.db import Database
from qbwc_server.documents.lifecycle import NEEDS_A_PERSON
from qbwc_server.documents.store import listing
from qbwc_server.portal.words import verdict_sentence
from qbwc_server.reports.company import company_report
from qbwc_server.reports.documents import called
from qbwc_server.reports.verdicts import verdicts
from qbwc_server.tenancy.models import Company

_SHOWN = 50  # documents
_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">
<title>{{ verdict }}: {{ report.name }}</title></head>
<body>
<h1>{{ report.name }}: {{ verdict }}</h1>
{% for line in report.lines() %}<p>{{ line }}</p>
{% endfor %}{% if documents %}<h2>What needs somebody</h2>
<ul>
{% for one in documents %}<li>{{ one.called }} (document {{ one.id }}): {{ one.message }} {{ one.advice }}</li>
{% endfor %}</ul>
{% endif %}</body>
</html>
"""
_GONE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>This link has ended</title></head>
<body><h1>This link has ended</h1>
<p>A link to the status lives for three days. Press Update Selected in the Web Connector; where something needs you, its
status column shows a new one.</p></body>
</html>
"""


def status_blueprint(database: Database, clock: Clock) -> Blueprint:
    """The page."""
    blueprint = Blueprint("status", __name__)

    @blueprint.get(f"{STATUS_PATH}<secret>")
    def status(secret: str) -> Response:
        """What stands, what waits and what needs somebody."""
        with database.reading() as db:
            company_id = company_of_link(db, secret, clock())
            company = None if company_id is None else db.get(Company, company_id)
            if company is None:
                return Response(_GONE, 404)
            report = company_report(db, company, now=clock())
            (verdict,) = verdicts(db, [company], now=clock())
            waiting = [
                {"id": row.id, "called": called(row), "message": row.message or "", "advice": row.advice or ""}
                for row in listing(db, company.id, states=NEEDS_A_PERSON, limit=_SHOWN)
            ]
        return Response(
            render_template_string(_PAGE, report=report, documents=waiting, verdict=verdict_sentence(verdict)),
            headers={"X-Robots-Tag": "noindex"},
        )

    return blueprint
