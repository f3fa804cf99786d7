"""Cookies: the key of the session, before that a secret that proves whose sign-in form it is, and the language."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Request, Response
from werkzeug.http import parse_cookie

from qbwc_server.portal.translation import COOKIE
from qbwc_server.settings import Settings
from qbwc_server.tenancy.browser_sessions import LONGEST

_A_YEAR = 365 * 24 * 60 * 60  # seconds


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie; behind TLS its name makes browsers refuse it from anywhere else."""

    name: str
    secure: bool
    same_site: str
    seconds: int | None = None

    def read(self, request: Request) -> str | None:
        """What the browser sent."""
        return request.cookies.get(self.name) or None

    def read_header(self, header: str) -> str | None:
        """What the browser sent, by the header Cookie as it came."""
        return parse_cookie(header).get(self.name) or None

    def write(self, response: Response, value: str) -> None:
        """Let the browser keep it."""
        response.set_cookie(
            self.name,
            value,
            max_age=self.seconds,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite=self.same_site,
        )

    def drop(self, response: Response) -> None:
        """Let the browser forget it."""
        response.delete_cookie(self.name, path="/", secure=self.secure, httponly=True, samesite=self.same_site)


@dataclass(frozen=True, slots=True)
class Cookies:
    """All of them."""

    session: Cookie
    door: Cookie
    language: Cookie  # what somebody else puts there is another language, and nothing more

    @classmethod
    def of(cls, settings: Settings) -> Cookies:
        """As the public address allows: plain http is for this machine only."""
        secure = settings.base_url.startswith("https://")
        prefix = "__Host-" if secure else ""
        return cls(
            Cookie(f"{prefix}portal", secure, "Lax", int(LONGEST.total_seconds())),
            Cookie(f"{prefix}portal-door", secure, "Strict"),
            Cookie(COOKIE, secure, "Lax", _A_YEAR),
        )
