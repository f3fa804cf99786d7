"""Idempotency-Key: what was done under a key is not done again, and the answer that was given is given again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from flask import Blueprint, Response, current_app, g, request
from flask.typing import ResponseReturnValue

from qbwc_server.api.access import Access
from qbwc_server.api.errors import translate
from qbwc_server.api.routes import Route
from qbwc_server.errors import Invalid, QbwcError
from qbwc_server.tenancy.kept_answers import KeptAnswer, Whose, claim, digest_of, keep, read_key

HEADER = "Idempotency-Key"
READING = ("GET", "HEAD", "OPTIONS")
View = Callable[..., ResponseReturnValue]


class NoKeyHere(Invalid):
    """This address takes no idempotency key."""

    code = "idempotency_key_not_here"
    advice = "Leave it out, and look what became of a request whose answer was lost."


class OnceBlueprint(Blueprint):
    """A blueprint whose addresses heed the key of the caller."""

    def __init__(self, name: str, module: str, *, prefix: str, access: Access, routes: Mapping[str, Route]) -> None:
        super().__init__(name, module, url_prefix=prefix)
        self._access, self._routes = access, routes

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Any = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        """As Flask has it, with the view wrapped."""
        wrapped = None if view_func is None else _heeding(self._access, self._routes, view_func)
        super().add_url_rule(rule, endpoint, wrapped, provide_automatic_options, **options)


def _heeding(access: Access, routes: Mapping[str, Route], view: View) -> View:
    @wraps(view)
    def heeded(**parts: Any) -> ResponseReturnValue:
        said = request.headers.get(HEADER)
        if said is None or request.method in READING or routes[request.endpoint or ""].streams:
            return view(**parts)
        if not routes[request.endpoint or ""].once:
            raise NoKeyHere
        return _once(access, read_key(said), lambda: view(**parts))

    return heeded


def _once(access: Access, key: str, view: Callable[[], ResponseReturnValue]) -> Response:
    whose = Whose(access.token.company_id, access.token.token_id, key)
    asked = digest_of(request.method, request.full_path, request.mimetype, request.get_data())
    with access.all_in_one() as db:
        row = claim(db, whose, asked, access.now())
        if row.status is not None:
            return _again(row)
        response = _answer(view)
        keep(row, response.status_code, response.mimetype or "", response.get_data(as_text=True))
    return response


def _answer(view: Callable[[], ResponseReturnValue]) -> Response:
    """What the view answers; a refusal counts as one where it comes after something was changed."""
    try:
        return current_app.make_response(view())
    except QbwcError as error:
        if not g.get("changed", False):
            raise  # nothing was done, and nothing is kept
        return translate(error)


def _again(row: KeptAnswer) -> Response:
    response = Response(row.body or "", row.status, mimetype=row.media)
    response.headers["Idempotency-Replayed"] = "true"
    return response
