"""Calls to upstream systems: patient, bounded, to allowed addresses only, with errors that a bookkeeper can read."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from tempfile import TemporaryFile
from typing import IO, Any, ClassVar, Self
from urllib.parse import urlsplit

import httpx
import stamina

from qbwc_server import strict_json
from qbwc_server.channels.addresses import CheckedTransport, Resolve, resolve
from qbwc_server.channels.bodies import TAKEN, BodyBrokeOff, BodyTooLarge, PackedOtherwise, body_pieces, whole_body
from qbwc_server.channels.spool import Limits, Spool
from qbwc_server.channels.words_of_upstream import said_in_json, ways_of_writing
from qbwc_server.clock import Clock, now
from qbwc_server.errors import QbwcError
from qbwc_server.shortening import shortened
from qbwc_server.strict_json import BadJson

MAX_ANSWER_BYTES = 32 * 1024 * 1024
LONGEST_WORDS = 300  # characters of what upstream says itself
_TIMES = httpx.Timeout(30.0, connect=10.0)
_ATTEMPTS = 5
_MOST_PATIENCE_S = 30.0  # that upstream may ask for within a run; more is for the next run
_LONGEST_PATIENCE_S = 10.0**9  # some thirty years: more is no time
_REDIRECTS = 5
_MOST_LAG = timedelta(days=1)
_MARKUP = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)


class UpstreamError(QbwcError):
    """The system upstream did not answer as it should."""

    code = "upstream_failed"
    advice = "It is asked again at the next run. If it stays so, look there what the matter is."
    retry_helps = True
    status: int | None = None  # of HTTP, where that is what it says


class UpstreamUnreachable(UpstreamError):
    """The system upstream cannot be reached."""

    code = "upstream_unreachable"
    advice = "It is asked again at the next run. If it stays so, check the address, and whether the system runs."


class UpstreamBusy(UpstreamError):
    """The system upstream is busy, or asks for patience."""

    code: ClassVar[str] = "upstream_busy"
    advice = "Nothing needs to be done: it is asked again later."

    def __init__(self, message: str, patience_s: float | None = None) -> None:
        super().__init__(message)
        self.patience_s = patience_s  # that upstream asked for


class SignInRefused(UpstreamError):
    """The system upstream does not take the key."""

    code: ClassVar[str] = "sign_in_refused"
    advice = "Give the connection another key: qbwc-server connection set COMPANY CONNECTION --secret NAME"
    retry_helps = False


class UpstreamRefused(UpstreamError):
    """The system upstream refuses what it was asked."""

    code: ClassVar[str] = "upstream_refused"
    advice = "Check the options of the connection."


class AnswerUnreadable(UpstreamError):
    """The answer of the system upstream cannot be read."""

    code: ClassVar[str] = "answer_unreadable"


class RedirectedElsewhere(UpstreamError):
    """The system upstream sends us to another host."""

    code: ClassVar[str] = "redirected_elsewhere"
    advice = "Give the connection the address where the system really stands, if you trust it."


class _Broken(UpstreamUnreachable):
    """The answer broke off."""

    code: ClassVar[str] = "answer_broke_off"


@dataclass(frozen=True, slots=True)
class Answer:
    """What upstream answered: a status of the 200s, and the body."""

    url: str
    headers: Mapping[str, str]
    body: bytes

    def text(self) -> str:
        """The body as UTF-8. Raises AnswerUnreadable."""
        try:
            return self.body.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise AnswerUnreadable("The answer is not UTF-8.") from None

    def json(self) -> object:
        """The value in the body; numbers as int and Decimal. Raises AnswerUnreadable."""
        try:
            return strict_json.decode(self.text(), "answer")
        except BadJson as found:
            raise AnswerUnreadable(str(found)) from None


class Upstream:
    """Calls systems upstream on behalf of one connection."""

    def __init__(
        self,
        *,
        private: bool,
        secrets: Iterable[str] = (),
        before_each: Callable[[], None] = lambda: None,
        clock: Clock = now,
        resolve: Resolve = resolve,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """``private``: private addresses may be called; ``secrets``: never to be repeated in a message.

        ``before_each`` is called before every attempt, and ends the work by raising.
        """
        self.lag = timedelta(0)
        """How far the clock upstream was seen to be behind ours: what changes there now bears a time so much older."""
        self._client = httpx.Client(
            transport=CheckedTransport(private=private, resolve=resolve),
            timeout=_TIMES,
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "qbwc-server", "Accept-Encoding": TAKEN},
        )
        self._hidden = ways_of_writing(secrets)
        self._before_each, self._clock, self._sleep = before_each, clock, sleep

    def __enter__(self) -> Self:
        return self

    def now(self) -> datetime:
        """This moment by our clock."""
        return self._clock()

    def hide(self, secret: str) -> None:
        """Never repeat ``secret``, which upstream gave us, in a message."""
        self._hidden += ways_of_writing([secret])

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(
        self, url: str, *, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """What stands at ``url``; asked again with growing pauses while upstream is busy or away.

        Raises:
            UpstreamError: one of its kinds, with upstream's own words.
            AddressRefused: the address may not be called.
        """
        return self._patiently(lambda: self._asked("GET", _with_params(url, params or {}), headers=headers))

    @contextmanager
    def download(
        self, url: str, limits: Limits, *, params: Mapping[str, str] | None = None, headers: Mapping[str, str]
    ) -> Iterator[IO[bytes]]:
        """What stands at ``url``, too large for memory: a temporary file at its beginning, unpacked.

        Raises:
            UpstreamError, AddressRefused: as ``get``; AnswerUnreadable where it is larger than ``limits`` allow.
        """
        with TemporaryFile() as file:
            spool = Spool(file, limits.most_bytes, self._before_each)
            whole, patient = _with_params(url, params or {}), {"whole_s": limits.whole_s}
            self._patiently(lambda: self._asked("GET", whole, spool=spool, headers=headers, extensions=patient))
            file.seek(0)
            yield file

    def ask_form(self, url: str, form: Mapping[str, str], *, headers: Mapping[str, str] | None = None) -> Answer:
        """What ``url`` answers to a form that changes nothing there; asked again as ``get`` does, and raises so."""
        return self._patiently(lambda: self._asked("POST", url, data=form, headers=headers))

    def ask(
        self,
        url: str,
        *,
        json: object,
        headers: Mapping[str, str] | None = None,
        look: Callable[[Answer], None] = lambda answer: None,
    ) -> Answer:
        """What ``url`` answers to ``json`` where that changes nothing there, so that it is asked again as ``get`` does.

        ``look`` sees every answer, and raises UpstreamBusy where it is one that says: later.

        Raises:
            UpstreamError, AddressRefused: as ``get``.
        """

        def once() -> Answer:
            answer = self._asked("POST", url, json=json, headers=headers)
            look(answer)
            return answer

        return self._patiently(once)

    def pause(self, seconds: float) -> None:
        """Leave upstream alone for a while; ends early by what ``before_each`` raises."""
        while seconds > 0:
            self._before_each()
            self._sleep(min(1.0, seconds))
            seconds -= 1.0

    def _patiently(self, once: Callable[[], Answer]) -> Answer:
        for attempt in stamina.retry_context(
            on=how_long, attempts=_ATTEMPTS, timeout=None, wait_initial=0.5, wait_max=20, wait_jitter=1.5
        ):
            with attempt:
                return once()
        raise AssertionError("stamina ends with an answer or an error")

    def post(self, url: str, *, json: object, headers: Mapping[str, str] | None = None) -> Answer:
        """What ``url`` answers to ``json``; asked once, since it may have acted before its answer was lost.

        Raises:
            UpstreamError, AddressRefused: as ``get``.
        """
        return self._asked("POST", url, json=json, headers=headers)

    def _asked(self, method: str, url: str, *, spool: Spool | None = None, **more: Any) -> Answer:
        for _ in range(_REDIRECTS + 1):
            self._before_each()
            asked_at = self._clock()
            try:
                with self._client.stream(method, url, **more) as response:
                    body = _body(response, spool)
            except (httpx.ReadError, httpx.RemoteProtocolError):
                raise _Broken(f"The answer of {_host(url)} broke off.") from None
            except httpx.TimeoutException:
                raise UpstreamUnreachable(f"{_host(url)} did not answer in time.") from None
            except UnicodeEncodeError:
                raise UpstreamRefused("The key, or what is asked for, holds a character that cannot be sent.") from None
            except (httpx.TransportError, httpx.InvalidURL):
                raise UpstreamUnreachable(f"{_host(url)} cannot be reached.") from None
            self._see_clock(asked_at, _moment(response.headers.get("Date")))
            if not (300 <= response.status_code < 400):
                return self._judged(url, response, body)
            url = _where_to(url, response, method)
        raise RedirectedElsewhere(f"{_host(url)} redirects again and again.")

    def _see_clock(self, asked_at: datetime, there: datetime | None) -> None:
        """A clock that is days behind is none that anything upstream is dated by."""
        if there is not None and asked_at - there < _MOST_LAG:
            self.lag = max(self.lag, asked_at - there)

    def _judged(self, url: str, response: httpx.Response, body: bytes) -> Answer:
        status, host = response.status_code, _host(url)
        if 200 <= status < 300:
            return Answer(url, dict(response.headers), body)
        error = _error(status, host, self.words(response, body), response.headers.get("Retry-After"))
        error.status = status
        raise error

    def words(self, response: httpx.Response, body: bytes) -> str:
        """What upstream says itself, without markup and secrets, shortened; as the end of a sentence."""
        text = body[:20_000].decode("utf-8", "replace")
        if "json" in response.headers.get("Content-Type", ""):
            text = said_in_json(text) or text
        text = " ".join(_MARKUP.sub(" ", self.clean(text)).split())
        text = "".join(one if one.isprintable() else " " for one in text).strip()
        return f": {shortened(text, LONGEST_WORDS)}" if text else "."

    def clean(self, text: str) -> str:
        """``text`` without secrets, however they are written."""
        for hidden in self._hidden:
            text = text.replace(hidden, "***")
        return text


def _error(status: int, host: str, said: str, wait: str | None) -> UpstreamError:
    asks_for_patience = status == 403 and wait is not None  # a gateway whose quota is used up
    if status in (401, 403) and not asks_for_patience:
        return SignInRefused(f"{host} refuses the key ({status}){said}")
    if status == 429 or status >= 500 or asks_for_patience:
        return UpstreamBusy(f"{host} is busy ({status}){said}", patience(wait))
    return UpstreamRefused(f"{host} refuses the request ({status}){said}")


def how_long(error: Exception) -> bool | float:
    """Whether a call is tried again, and after which pause where upstream named one."""
    if isinstance(error, UpstreamBusy):
        if error.patience_s is None:
            return True
        return error.patience_s if error.patience_s <= _MOST_PATIENCE_S else False
    return isinstance(error, UpstreamUnreachable)


def patience(header: str | None, now: Clock = now) -> float | None:
    """Seconds that Retry-After asks for, in either of its forms; ``None`` where it cannot be read."""
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        moment = _moment(header)
        if moment is None:
            return None
        seconds = (moment - now()).total_seconds()
    return min(max(0.0, seconds), _LONGEST_PATIENCE_S) if math.isfinite(seconds) else None


def _moment(header: str | None) -> datetime | None:
    try:
        found = None if header is None else parsedate_to_datetime(header)
    except (ValueError, TypeError, OverflowError):
        return None
    return None if found is None else found.replace(tzinfo=found.tzinfo or UTC)


def _with_params(url: str, params: Mapping[str, str]) -> str:
    try:
        return str(httpx.URL(url).copy_merge_params(params)) if params else url
    except httpx.InvalidURL:
        raise UpstreamUnreachable(f"{_host(url)} cannot be reached.") from None


def _body(response: httpx.Response, spool: Spool | None) -> bytes:
    """The whole body, or nothing where it went into ``spool``.

    Raises AnswerUnreadable where it is too large or packed otherwise, _Broken where a part lacks.
    """
    host, coding = _host(str(response.request.url)), response.headers.get("Content-Encoding", "")
    most = MAX_ANSWER_BYTES if spool is None else spool.most_bytes
    try:
        if spool is None or not response.is_success:
            return whole_body(response.iter_raw(), coding, most)
        spool.fill(body_pieces(response.iter_raw(), coding, most))
        return b""
    except BodyTooLarge:
        raise AnswerUnreadable(f"The answer has more than {most} bytes.") from None
    except PackedOtherwise:
        raise AnswerUnreadable(f"The answer of {host} is packed in a way that cannot be read.") from None
    except BodyBrokeOff:
        raise _Broken(f"The answer of {host} broke off.") from None


def _where_to(url: str, response: httpx.Response, method: str) -> str:
    """Where a redirect leads, when it is followed at all."""
    try:
        there = httpx.URL(url).join(response.headers.get("Location", ""))
    except (httpx.InvalidURL, ValueError):
        raise AnswerUnreadable(f"{_host(url)} redirects to something that is no address.") from None
    here = httpx.URL(url)
    same = (there.scheme, there.host, there.port) == (here.scheme, here.host, here.port)
    if not same or there.userinfo:
        raise RedirectedElsewhere(f"{here.host} redirects to {shortened(there.host, 100) or 'nowhere'}.")
    if method != "GET":
        raise RedirectedElsewhere(f"{here.host} redirects what was to be sent to it.")
    return str(there)


def _host(url: str) -> str:
    return shortened(urlsplit(url).hostname or "The address", 100)
