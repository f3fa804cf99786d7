"""Forms that only our own pages can send: each carries a proof of the secret that the browser has in its cookie."""

from __future__ import annotations

import hmac
import re
from urllib.parse import urlsplit

from flask import Request

from qbwc_server.errors import QbwcError
from qbwc_server.settings import Settings
from qbwc_server.shortening import storable
from qbwc_server.tenancy.credentials import digest

MOST_BYTES = 32 * 1024
PROOF = "proof"  # the field
_SHAPE = re.compile("[0-9a-f]{64}")


class StrangeForm(QbwcError):
    """This form does not come from a page that was shown to this browser."""

    code = "strange_form"
    advice = "Open the page again and press the button there."


def proof_of(secret: str) -> str:
    """What a form carries that was made for the browser with this secret."""
    return digest(f"form\0{secret}")


def require_own_form(request: Request, secret: str | None, settings: Settings) -> None:
    """Raises StrangeForm unless the form was made here for this browser, and sent from here."""
    given = request.form.get(PROOF, "")
    if secret is None or not _SHAPE.fullmatch(given) or not hmac.compare_digest(given, proof_of(secret)):
        raise StrangeForm
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise StrangeForm
    origin = request.headers.get("Origin")
    own = {request.host, urlsplit(settings.base_url).netloc}  # a proxy may name the machine behind it
    if origin is not None and urlsplit(origin).netloc not in own:
        raise StrangeForm


def text_field(request: Request, name: str, most: int = 200) -> str:
    """What was typed, as it can be stored; "" where there is nothing."""
    return storable(request.form.get(name, ""))[:most]
