"""The SOAP face as a Flask blueprint: the endpoint, its description, and an answer for browsers."""

from collections.abc import Callable, Iterable
from http import HTTPMethod
from typing import TYPE_CHECKING, cast

from flask import Blueprint, Response, request

from qbwc_server.connector.soap.answering import CONTENT_TYPE, SoapApplication
from qbwc_server.connector.soap.contract import Operations
from qbwc_server.connector.soap.limits import Limits
from qbwc_server.connector.soap.wsdl import wsdl

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_WELCOME = "This is where the QuickBooks Web Connector calls. The description of the service is at ?wsdl\n"


def soap_application(
    operations: Operations | Callable[[], Operations], limits: Limits | None = None
) -> "WSGIApplication":
    """The endpoint alone, as a WSGI application that answers POST.

    Args:
        operations: who does the work, or a function that gives somebody for each request that needs it.
    """
    provide = operations if callable(operations) else lambda: operations
    return SoapApplication(provide, limits or Limits())


def soap_blueprint(
    operations: Operations | Callable[[], Operations],
    *,
    public_url: str,
    path: str = "/qbwc",
    limits: Limits | None = None,
) -> Blueprint:
    """The endpoint at ``path``: POST calls, GET and HEAD answer 200, ``GET ?wsdl`` the description.

    Args:
        public_url: the address of the endpoint as the Web Connector reaches it, printed into the description.
    """
    blueprint = Blueprint("soap", __name__)
    application = soap_application(operations, limits)
    description = wsdl(public_url)

    # Every method, because Flask's own refusal of one would be an HTML page.
    @blueprint.route(
        path, methods=[method.value for method in HTTPMethod], strict_slashes=False, provide_automatic_options=False
    )
    def endpoint() -> Response:
        if request.method not in ("GET", "HEAD"):
            return _run(application, request.environ)
        if any(name.lower() == "wsdl" for name in request.args):
            return Response(description, content_type=CONTENT_TYPE)
        return Response(_WELCOME, content_type="text/plain; charset=utf-8")

    return blueprint


def _run(application: "WSGIApplication", environ: "WSGIEnvironment") -> Response:
    """What ``application`` answers. The request's body is left to it, unread by Flask."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Callable[..., object]:
        started.append((status, headers))
        return lambda _: None

    body: Iterable[bytes] = application(environ, cast("StartResponse", start_response))
    status, headers = started[-1]
    return Response(body, status=status, headers=headers, direct_passthrough=True)
