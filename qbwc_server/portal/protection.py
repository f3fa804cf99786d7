"""The headers of every page: what a browser may load, from where, and where it may send."""

from __future__ import annotations

from flask import Response

# Nothing stands in the pages themselves, neither script nor style, so nothing of that kind has to be allowed; what is
# loaded is ours.
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    # Not no-referrer: behind TLS a browser would then send Origin: null with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "X-Robots-Tag": "noindex",
}


def protect(response: Response) -> Response:
    """The answer with its headers."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response
