"""The declaration of uploaded charges."""

from __future__ import annotations

from qbwc_server.channels.charges.options import ChargesOptions
from qbwc_server.channels.contract import Channel, Stream

UPLOADED_CHARGES = Channel(
    code="charges",
    title="Charges of a distributor (files)",
    brings="What any distributor charges for each organisation, from its invoice as CSV or Excel, or as JSON.",
    needs="A short name for the distributor. Its charges are uploaded then.",
    options=ChargesOptions,
    streams=(Stream("charges", "Charges", drafted=False),),
    account=lambda options: options.name,
    every_minutes=0,
    at_least_minutes=0,
    brings_charges=True,
)
