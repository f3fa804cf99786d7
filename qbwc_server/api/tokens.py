"""``/companies/CODE/tokens``: the company's API tokens, made, listed, revoked."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from qbwc_server.api.access import Access
from qbwc_server.api.answers.companies import NewTokenAnswer, RevokedTokenAnswer, TokensAnswer
from qbwc_server.api.errors import CREATED
from qbwc_server.api.routes import Body, Route
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.errors import Invalid, NotFound
from qbwc_server.reports.tokens import token_record
from qbwc_server.tenancy.access import OutOfScope
from qbwc_server.tenancy.permissions import COMMON_SCOPES, Permission
from qbwc_server.tenancy.tokens import ForTheOperator, add_token, read_scopes, revoke_token, tokens_of

_ALL = "/companies/<code>/tokens"
ROUTES = {
    "make_token": Route(
        Permission.MANAGE_TOKENS,
        NewTokenAnswer,
        takes=Body(
            {"label": str, "scopes": str, "days": int},
            {
                "label": "What it is for.",
                "scopes": "Divided by blanks; left out: those of the token that asks, without books and members.",
                "days": "How long it is good; left out: as long as the token that asks.",
            },
            needed=("label",),
        ),
        statuses=(CREATED,),
        once=False,
        refuses=(Invalid, OutOfScope, ForTheOperator),
    ),
    "list_tokens": Route(Permission.MANAGE_TOKENS, TokensAnswer),
    "revoke": Route(Permission.MANAGE_TOKENS, RevokedTokenAnswer, refuses=(NotFound,)),
}


def add_routes(blueprint: Blueprint, access: Access) -> None:
    """Put the resource at its address."""

    @blueprint.get(_ALL)
    def list_tokens(code: str) -> Response:
        """Every token that was ever made, oldest first; none of them itself."""
        with access.looking() as (db, company):
            records = [token_record(token, access.now()) for token in tokens_of(db, company.id)]
        return jsonify(tokens=records)

    @blueprint.post(_ALL)
    def make_token(code: str) -> tuple[Response, int]:
        """A new token, shown this once; it may do no more than the one that asks for it, and no longer."""
        said = access.said()
        own = access.token.scopes & {*COMMON_SCOPES}
        scopes = own if said.get("scopes") is None else read_scopes(said["scopes"])
        if not scopes <= access.token.scopes:
            lacking = ", ".join(sorted(scopes - access.token.scopes))
            raise OutOfScope(f"A token cannot make one that may do more than itself; it lacks: {lacking}.")
        with access.changing() as (db, company):
            row, text = add_token(
                db,
                company,
                label=said.get("label", ""),
                scopes=scopes,
                days=said.get("days"),
                not_after=access.token.expires_at,
                by=access.by,
                made_by=access.token.token_id,
                now=access.now(),
            )
            record = token_record(row, access.now())
        return jsonify({**record, "token": text}), CREATED

    @blueprint.delete(f"{_ALL}/<int(max={LARGEST_ID}):token_id>")
    def revoke(code: str, token_id: int) -> Response:
        """It opens nothing from this moment on, nor does what it made; the answer is the token as it stands then."""
        with access.changing() as (db, company):
            token, *made = revoke_token(db, company.id, token_id, access.now(), by=access.by)
            record = {**token_record(token, access.now()), "revoked_too": [one.id for one in made]}
        return jsonify(record)
