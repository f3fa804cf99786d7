"""The declaration of the distributor's channel."""

from __future__ import annotations

from collections.abc import Iterator

from qbwc_server.channels.contract import BrokenPage, Channel, LiveCheck, Page, Stream, Window, no_drafts
from qbwc_server.channels.http import Upstream
from qbwc_server.channels.sherweb.charges import pull_charges
from qbwc_server.channels.sherweb.checks import try_charges, try_organisations, try_receivable, try_token
from qbwc_server.channels.sherweb.options import SherwebOptions
from qbwc_server.channels.sherweb.organisations import pull_organisations

_PULLS = {"charges": pull_charges, "organisations": pull_organisations}


def pull(options: SherwebOptions, upstream: Upstream, window: Window) -> Iterator[Page | BrokenPage]:
    """The facts of one stream."""
    return _PULLS[window.stream](options, upstream, window)


SHERWEB = Channel(
    code="sherweb",
    title="Sherweb (subscriptions of a distributor)",
    brings="What Sherweb charges for each organisation. Billing makes the invoices of your customers of it.",
    needs="Client ID, client secret and subscription key from Sherweb's partner portal: Security, APIs.",
    options=SherwebOptions,
    streams=(
        Stream("charges", "Payable charges", drafted=False),
        Stream("organisations", "Organisations", drafted=False),
    ),
    pull=pull,
    draft=no_drafts,
    account=lambda options: options.client_id,
    every_minutes=360,
    at_least_minutes=15,
    checks=(
        LiveCheck("token", "Try the client ID and its secret", try_token),
        LiveCheck("charges", "Try the distributor API and the gateway key", try_charges),
        LiveCheck("organisations", "Try the service-provider API", try_organisations),
        LiveCheck("receivable", "Look for another billing integration", try_receivable),
    ),
    brings_charges=True,
)
