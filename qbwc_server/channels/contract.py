"""What a channel is, and what it hands over: facts as upstream tells them, and the drafts that it makes of them.

Outcomes come one after another, so that memory does not grow with the source. One broken record costs the document it
belongs to, never the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from qbwc_server.channels.start import Start
from qbwc_server.channels.tellings import Push
from qbwc_server.documents.kinds import Document
from qbwc_server.documents.problems import Problem
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.mapping.rules.rule import StatementEntry
from qbwc_server.mapping.said import Said

if TYPE_CHECKING:  # files are read without what asks the network
    from qbwc_server.channels.http import Upstream
    from qbwc_server.channels.options import ChannelOptions
    from qbwc_server.channels.shop_page import ShopPage


@dataclass(frozen=True, slots=True)
class Stored:
    """What a channel may know of a document that is here already."""

    origin: str
    kind: str
    total: Decimal | None
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A document as its source tells it, ready to be kept.

    ``line_number`` counts lines of a file from 1 and names the first row of the document. ``notes`` are remarks for
    the bookkeeper that change nothing. ``reviews`` say why a person should look before it is submitted, although the
    document itself may be complete. ``called`` gives the source's own words for names that the channel had to change.
    ``words``: by place in the document (``lines[0].item``), the words of the source that somebody has to map to an
    entry of QuickBooks before it is submitted; what the document has in these places is replaced by that entry.
    ``entries``: by place of a line (``expenses[0]``), what a statement says of it: rules of the company and what was
    learnt give such a line its account, and what stands in the document counts where none fits.
    ``given``: by place, which option, rule or default of the channel gave it its entry, as ``option tip_item``.

    What the source says may be here already in another form. ``twin`` tells whether a stored document of the same
    number, with the given origin, is the same sale under another key; ``same_as``, whether what is stored under the
    same origin says the same in its own way. ``follow_ups`` are further documents, given what is stored under this
    origin and under those that begin with it and a colon: this draft itself is among them.

    ``tax_is_told``: the tax stands in it as the source charged it, so that QuickBooks is to add none.

    A sale may have another form, whose documents have the origins of ``other_form``. Where ``instead`` says of what is
    stored there that it stands in that form, the follow-ups are kept, and this draft is not.
    """

    document: Document
    line_number: int | None = None
    notes: tuple[str, ...] = ()
    reviews: tuple[Problem, ...] = ()
    twin: Callable[[str], bool] | None = None
    called: Mapping[str, str] | None = None
    words: Mapping[str, Said] | None = None
    given: Mapping[str, str] | None = None
    entries: Mapping[str, StatementEntry] | None = None
    same_as: Callable[[Stored], bool] | None = None
    follow_ups: Callable[[Sequence[Stored]], Iterable[Draft]] | None = None
    instead: Callable[[Sequence[Stored]], bool] | None = None
    other_form: tuple[str, ...] = ()
    tax_is_told: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError where ``words`` name a place in which the document names no entry."""
        if self.words and (wrong := self.words.keys() - {one.field for one in self.document.names()}):
            raise ValueError(f"no name of an entry stands in {', '.join(sorted(wrong))}")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A mistake that keeps a document out, with its line; ``problem.field`` is the column or field.

    ``document_line`` is the first line of the document it belongs to: several mistakes of one document share it.
    """

    problem: Problem
    line_number: int
    document_line: int
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row or order that is left out on purpose, and why; nothing is left out silently.

    ``money_kept`` came in for it and was not given back: that is for a person to enter. ``gone``: the source does not
    hold it any more, so that a document of it that has not left is excluded.
    """

    problem: Problem
    origin: str
    line_number: int | None = None
    money_kept: Decimal = Decimal(0)
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about the source as a whole that the user should know."""

    message: str


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount of a day, by which a source is compared with the documents that come of it.

    Args:
        part: what it is a part of, such as ``money``; with the way by which money came, where it came by one.
        of: what tells of it at the source, such as an order, and ``called``: what people call that.
        origin: the document that says it; empty: the source itself says it. ``kind``: what that document has to be.
    """

    day: date
    part: str
    amount: Decimal
    way: str = ""
    place: str = ""
    place_name: str = ""
    of: str = ""
    called: str = ""
    origin: str = ""
    kind: str = ""


Outcome = Draft | RowProblem | Skipped | Remark | Figure


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact in one version, as the system upstream tells it.

    Args:
        key: what it is called there, for ever; of its stream.
        changed_at: since when it is so, by the clock upstream. The same fact, told again, has the same moment. ``None``
            where upstream does not say: then what is told last is the newest, dated by when it was first told so.
        body: what is told of it, JSON-ready; nothing that differs from one telling to the next.
        sequence: which version it is, where upstream counts them within one moment. ``None`` where it does not count
            and its moments are coarse: of one moment, what is told last is the newest.
        group: the facts of one group are drafted together, such as the orders of a day; left out, each by itself.
        gone: it was deleted there.
    """

    key: str
    changed_at: datetime | None
    body: Mapping[str, Any]
    sequence: int | None = 0
    group: str | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class BrokenFact:
    """Something on a page that cannot be read as a fact; ``text`` is what stands there."""

    problem: Problem
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of facts.

    ``complete_until``: all that changed upstream before this moment has been handed over with this page; ``None`` where
    that is certain only later, since the pages are in no order of time.

    ``all_of``: with this page, all facts that there are whose keys begin so have been handed over in this pull. Others
    of them that are known are gone. Only where facts have no moment of change.

    ``remarks``: what the bookkeeper should know of the source as a whole.
    """

    facts: Sequence[Fact]
    broken: Sequence[BrokenFact] = ()
    complete_until: datetime | None = None
    all_of: str | None = None
    remarks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class BrokenPage:
    """A page that cannot be read as a whole, although others could be asked for; it is asked for again next time."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Window:
    """What is asked for: all of a stream that changed from ``since`` (left out: ever) until ``until``.

    ``known``: the keys of all facts of the stream that are here and not gone, for a channel that looks from time to
    time which of them upstream still has. That takes a while, so not in every run.
    """

    stream: str
    since: datetime | None
    until: datetime
    known: Callable[[], Collection[str]] = frozenset


@dataclass(frozen=True, slots=True)
class Stream:
    """One sort of facts that a channel brings.

    ``overlap``: how far before what is complete it is asked again, since clocks differ and facts appear late.
    ``drafted``: documents are made of its facts; else they are kept for what runs later, such as billing.
    """

    name: str
    title: str
    overlap: timedelta = timedelta(minutes=10)
    drafted: bool = True


@dataclass(frozen=True, slots=True)
class LiveCheck:
    """Something that is tried upstream with the options as they are, such as whether the key is good.

    ``check`` returns a sentence that says what was found, or raises UpstreamError.
    """

    name: str
    title: str
    check: Callable[[Any, Upstream], str]


class Pull(Protocol):
    """Asks upstream for all facts of a window, page by page; no database. Raises UpstreamError."""

    def __call__(self, options: Any, upstream: Upstream, window: Window) -> Iterator[Page | BrokenPage]:
        """The pages, in the order in which they come."""
        ...


class MakeDrafts(Protocol):
    """Makes drafts of the facts of one group, each in its newest version; pure. An origin not made any more is gone."""

    def __call__(self, facts: Sequence[Fact], options: Any) -> Iterable[Outcome]:
        """Drafts, mistakes, what is left out."""
        ...


def no_drafts(facts: Sequence[Fact], options: Any) -> Iterable[Outcome]:
    """What a channel makes of facts all of which are kept for later: nothing."""
    return ()


@dataclass(frozen=True, slots=True)
class AlsoByFile:
    """What a channel brings and files of a format tell, too: each day comes one of the two ways.

    Args:
        file_format: its code.
        origins: how the origins of these documents begin.
        begins: the option that says from which day on the channel brings them.
    """

    file_format: str
    origins: str
    begins: str


Header = Callable[[str], str | None]  # the value of a header of a call, by its name in any case


@dataclass(frozen=True, slots=True)
class Notes:
    """How upstream may say that something has changed: a call that hastens the next run, and is read no further.

    It may come late, twice, out of order or never: the schedule brings all of it in any case.

    Args:
        key: the option that holds the secret with which calls are signed; left empty, none are taken.
        is_genuine: whether the body, byte by byte, was signed with that secret, by the headers of the call.
        hastens: whether a genuine call, by its headers, is about what is brought here.
    """

    key: str
    is_genuine: Callable[[bytes, Header, str], bool]
    hastens: Callable[[Header], bool]


@dataclass(frozen=True)
class Channel:
    """One source of documents: forms, the API, the command line and the docs are made from this declaration.

    Args:
        code: its name in commands and addresses, for ever.
        brings: what it brings, for a bookkeeper.
        needs: what a person must have before it can be connected.
        account: which account upstream the options name; the same account is never connected twice in one company.
        pull: None where nothing is asked for, because what it brings is uploaded; it has no streams and no schedule.
        every_minutes: how often it is run where a person says nothing else; 0: never by the clock.
        at_least_minutes: how often it may be run at most.
        accounts: items that are no income, each with the account under which it may be added, if any.
        words: the kinds of words that it says with these options, to be mapped to entries of QuickBooks; what fits a
            kind, the kind says.
        brings_charges: its stream ``charges`` says what a distributor charges each organisation, for billing.
        also_by_file: what files of a format tell as well.
        notes: how upstream says that something has changed, if it does.
        shop: its drafts say figures of days, and its payouts and what it holds are streams, for the page *Shop*.
        start: what a person settles before it may run; None: it runs as soon as it works.
        push: tells upstream what became of the documents; None where it is not told.
        pushes: whether it is told with these options.
    """

    code: str
    title: str
    brings: str
    needs: str
    options: type[ChannelOptions]
    account: Callable[[Any], str]
    streams: tuple[Stream, ...] = ()
    pull: Pull | None = None
    draft: MakeDrafts = no_drafts
    every_minutes: int = 60
    at_least_minutes: int = 1
    checks: tuple[LiveCheck, ...] = ()
    accounts: Callable[[Any], Mapping[str, str | None]] = lambda options: {}
    words: Callable[[Any], Sequence[WordKind]] = lambda options: ()
    brings_charges: bool = False
    shop: ShopPage | None = None
    also_by_file: AlsoByFile | None = None
    notes: Notes | None = None
    start: Start | None = None
    push: Push | None = None
    pushes: Callable[[Any], bool] = lambda options: True

    @property
    def is_uploaded(self) -> bool:
        """Whether its runs are uploads of people and programs."""
        return self.pull is None

    @property
    def upload_command(self) -> str:
        """What uploads a file to it."""
        command = (
            "connection upload COMPANY CONNECTION FILE" if self.brings_charges else "documents import COMPANY FILE"
        )
        return f"qbwc-server {command}"
