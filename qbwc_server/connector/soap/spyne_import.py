"""The only way spyne is imported: what we use of it, made importable on Python 3.12 and later, quiet, and typed.

spyne 2.14.0 (February 2022) brings a copy of six that Python 3.12 can no longer import, and needs the module ``cgi``
that Python 3.13 dropped. The real six takes the place of the copy on every version; ``cgi`` is lent for the import.
"""

import logging
import math
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from email.message import Message
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

import six

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

_SIX_COPY = "spyne.util.six"
_MOVED = ("moves", "moves.http_cookies", "moves.collections_abc", "moves.urllib", "moves.urllib.parse")


def _parse_header(line: str) -> tuple[str, dict[str, str]]:
    """What spyne needs of ``cgi``: a content type and its parameters."""
    message = Message()
    message["content-type"] = line
    (value, _), *parameters = message.get_params(failobj=[("", "")])
    return value, {name.lower(): value for name, value in parameters}


def _stand_in_for_six() -> None:
    """Put the real six where spyne looks for its copy; names that spyne added to the copy go along."""
    stand_in = ModuleType(_SIX_COPY, six.__doc__)
    stand_in.__dict__.update({name: value for name, value in vars(six).items() if not name.startswith("__")})
    stand_in.__dict__.update(__path__=[], get_function_name=lambda function: function.__name__)
    sys.modules[_SIX_COPY] = stand_in
    for name in _MOVED:
        __import__(f"six.{name}")
        sys.modules[f"{_SIX_COPY}.{name}"] = sys.modules[f"six.{name}"]


@contextmanager
def _importable() -> Iterator[None]:
    """Lend spyne what it needs while it is imported."""
    if "spyne" not in sys.modules:
        _stand_in_for_six()
    lent = None
    with warnings.catch_warnings():
        # spyne's own: escapes in string literals, and cgi on the versions that still have it.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", SyntaxWarning)
        try:
            import cgi  # noqa: F401
        except ImportError:
            lent = ModuleType("cgi")
            lent.__dict__["parse_header"] = _parse_header
            sys.modules["cgi"] = lent
        yield
    if lent is not None:
        # Others must go on finding that this Python has no cgi.
        del sys.modules["cgi"]


if TYPE_CHECKING:
    # spyne has no types. These are the parts we touch, as version 2.14.0 has them.
    _Function = TypeVar("_Function", bound=Callable[..., object])

    class TransportContext:
        req_env: WSGIEnvironment
        resp_code: str | None

    class MethodContext:
        transport: TransportContext
        in_document: Any
        in_body_doc: Any
        in_object: list[object]
        method_request_string: str
        out_error: Exception | None
        out_object: list[Any]
        out_document: Any
        out_string: list[bytes]

    class Soap11:
        REQUEST: object

        def create_in_document(self, ctx: MethodContext, charset: str | None = None) -> None: ...
        def decompose_incoming_envelope(self, ctx: MethodContext, message: object = ...) -> None: ...
        def deserialize(self, ctx: MethodContext, message: object) -> None: ...
        def serialize(self, ctx: MethodContext, message: object) -> None: ...
        def create_out_string(self, ctx: MethodContext, charset: str | None = None) -> None: ...

    class Service: ...

    class Application:
        def __init__(
            self, services: list[type], tns: str, name: str, in_protocol: Soap11, out_protocol: Soap11
        ) -> None: ...

    class WsgiApplication:
        def __init__(self, app: Application) -> None: ...
        def handle_rpc(self, req_env: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]: ...

    class Unicode: ...

    class Integer32: ...

    class Array:
        def __init__(self, member: type) -> None: ...

    def rpc(*parameters: object, _args: list[str], _returns: object) -> Callable[[_Function], _Function]: ...

else:
    with _importable():
        import spyne.const
        from spyne import Application, Array, Integer32, MethodContext, Service, Unicode, rpc
        from spyne.protocol.soap import Soap11
        from spyne.server.wsgi import WsgiApplication

    # spyne logs whole requests on errors, passwords included. What is worth a line, we log ourselves.
    logging.getLogger("spyne").setLevel(logging.CRITICAL + 1)
    # By default the end of a call runs a full garbage collection, at most one a second: 15 ms and more for somebody.
    spyne.const.MIN_GC_INTERVAL = math.inf

__all__ = [
    "Application", "Array", "Integer32", "MethodContext", "Service", "Soap11", "Unicode", "WsgiApplication", "rpc",
]  # fmt: skip
