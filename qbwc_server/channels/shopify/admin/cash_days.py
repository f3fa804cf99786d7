"""What a shop itself says of the cash of a day in each place, beside its sessions; versions from 2026-04 on have it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from qbwc_server.channels.contract import Fact, Page, Window
from qbwc_server.channels.shopify.admin import streams
from qbwc_server.channels.shopify.admin.client import AdminClient
from qbwc_server.channels.shopify.admin.deleted import is_night
from qbwc_server.channels.shopify.admin.fields import plain, text_of
from qbwc_server.channels.shopify.admin.listings import Listing, Size, pages
from qbwc_server.channels.shopify.admin.selections import CASH_SUMMARY

FIRST_VERSION = "2026-04"
_MOST_DAYS = 31  # that are asked for at once
_AGAIN = 3  # days, since a session of them may be counted late
_PLACES = Listing("locations", "locations", plain("id name"))


def pull(client: AdminClient, window: Window, zone: ZoneInfo) -> Iterator[Page]:
    """A fact of each place and day that has ended, once a night."""
    if client.version < FIRST_VERSION:
        client.remark(f"Version {client.version} of Shopify's API does not tell the cash of a day.")
        return
    source = streams.BY_NAME[window.stream].stream
    if window.since is not None and not is_night(window, zone, source.overlap):
        return
    days = list(_days(window, zone))
    for places in pages(client, _PLACES, None, Size(50)):
        for place in places:
            yield Page([_fact(client, str(place["id"]), str(place["name"]), day) for day in days])
    yield Page((), complete_until=window.until)


def _days(window: Window, zone: ZoneInfo) -> Iterator[date]:
    """From the last days that were asked for until yesterday."""
    yesterday = window.until.astimezone(zone).date() - timedelta(days=1)
    first = yesterday - timedelta(days=_MOST_DAYS - 1)
    if window.since is not None:
        first = max(first, window.since.astimezone(zone).date() - timedelta(days=_AGAIN))
    for number in range((yesterday - first).days + 1):
        yield first + timedelta(days=number)


def _fact(client: AdminClient, place: str, name: str, day: date) -> Fact:
    query = (
        "query($place: ID!, $day: Date!) { cashManagementLocationSummary(locationId: $place, startDate: $day, "
        f"endDate: $day) {{ {text_of(CASH_SUMMARY, client.asking)} }} }}"
    )
    asked = {"place": place, "day": day.isoformat()}
    told = client.ask(query, asked, "the cash of a day")["cashManagementLocationSummary"]
    body = {**(told or {}), "day": day.isoformat(), "location": {"id": place, "name": name}}
    return Fact(f"{place}|{day.isoformat()}", None, body)
