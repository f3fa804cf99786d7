"""What is tried live: is each key good, and which API answers?"""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import Any

from qbwc_server.channels.http import SignInRefused, Upstream, UpstreamRefused
from qbwc_server.channels.sherweb.api import Api, Scope
from qbwc_server.channels.sherweb.charges import PAYABLE
from qbwc_server.channels.sherweb.fields import by_name
from qbwc_server.channels.sherweb.gathering import gather
from qbwc_server.channels.sherweb.options import SherwebOptions
from qbwc_server.channels.sherweb.organisations import CUSTOMERS, customers

RECEIVABLE = "/billing/receivable-charges"
_NOT_USED = "The service-provider API is not used: organisations are known by their names alone."


def try_token(options: SherwebOptions, upstream: Upstream) -> str:
    """Whether client ID and secret are good."""
    token = Api(options, upstream, Scope.DISTRIBUTOR).token()
    return f"The client ID and its secret are good: a token is given for {max(token.lasts_s // 60, 1)} minutes."


def try_charges(options: SherwebOptions, upstream: Upstream) -> str:
    """Whether the distributor API answers, and takes the gateway key."""
    api = Api(options, upstream, Scope.DISTRIBUTOR)
    today = upstream.now().date().isoformat()
    with api.download(PAYABLE, date=today) as answer, TemporaryFile() as file:
        found = gather(answer, file)
    charged = f"{len(found.places)} organisations from {found.period.first} to {found.period.last}"
    return f"The distributor API answers and takes the gateway key: it charges for {charged}."


def try_organisations(options: SherwebOptions, upstream: Upstream) -> str:
    """Whether the service-provider API answers, where it is used."""
    if not options.service_provider:
        return _NOT_USED
    found = customers(Api(options, upstream, Scope.SERVICE_PROVIDER).get(CUSTOMERS))
    return f"The service-provider API answers: it knows {len(found)} organisations."


def try_receivable(options: SherwebOptions, upstream: Upstream) -> str:
    """Whether receivable charges could be had; nothing here needs them."""
    if not options.service_provider:
        return _NOT_USED
    api = Api(options, upstream, Scope.SERVICE_PROVIDER)
    number = _some_id(customers(api.get(CUSTOMERS)))
    if number is None:
        return "There is no organisation yet for which receivable charges could be asked."
    try:
        api.get(RECEIVABLE, customerId=number, date=upstream.now().date().isoformat())
    except (UpstreamRefused, SignInRefused) as refused:
        return (
            "Receivable charges are not to be had; so it is while another billing integration is on in the partner "
            f"portal. Nothing here needs them, since billing goes by payable charges. {refused}"
        )
    return "Receivable charges can be had: no other billing integration is on in the partner portal."


def _some_id(found: list[Any]) -> str | None:
    ids = (by_name(one, "id") for one in found if isinstance(one, dict))
    return next((one for one in ids if isinstance(one, str) and one), None)
