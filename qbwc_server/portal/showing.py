"""Puts a page together: the template, and what every page shows around it."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, redirect, render_template, url_for

from qbwc_server.portal.forms import PROOF, proof_of
from qbwc_server.portal.visit import Needs, Visit
from qbwc_server.tenancy.credentials import new_secret
from qbwc_server.tenancy.permissions import Permission


def go_to(page: str, **named: Any) -> Response:
    """To another page, as after a form."""
    response = redirect(url_for(page, **{name: value for name, value in named.items() if value is not None}), 303)
    assert isinstance(response, Response)
    return response


def show(visit: Visit, template: str, status: int = 200, **values: Any) -> Response:
    """The page for this person."""
    standing, fresh = visit.standing, None
    if visit.needs is Needs.NOTHING and visit.secret is None:  # its forms are for whoever has opened it
        fresh = visit.secret = new_secret()
    page = render_template(
        f"portal/{template}",
        who=visit.who,
        company=None if standing is None else standing.company,
        may={one.value: standing is not None and standing.may(one) for one in Permission},
        proof_field=PROOF,
        proof=proof_of(visit.secret) if visit.secret else "",
        page=visit.page,
        now=visit.now,
        zone=visit.zone if standing is None else standing.company.time_zone,
        **values,
    )
    response = make_response(page, status)
    if fresh is not None:
        visit.cookies.door.write(response, fresh)
    return response
