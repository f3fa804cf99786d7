"""Where the distributor answers, with which keys, and how far back it is asked."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints

from qbwc_server.channels.options import ChannelOptions
from qbwc_server.channels.spool import Limits

_Address = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
_MEGABYTE = 1_000_000


class SherwebOptions(ChannelOptions):
    """Options of a connection to Sherweb."""

    client_id: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=150)] = Field(
        title="Client ID", description="From the partner portal: Security, APIs. It names the account, for ever."
    )
    client_secret: SecretStr = Field(title="Client secret", description="Made together with the client ID.")
    gateway_key: SecretStr = Field(
        title="Subscription key of the gateway",
        description="From the same page; sent as Ocp-Apim-Subscription-Key with every call.",
    )
    service_provider: bool = Field(
        default=False,
        title="Service-provider API",
        description="Whether organisations are asked for, so that each is known by its id and may be renamed.",
    )
    language: Annotated[str, StringConstraints(pattern="^[A-Za-z0-9*,;=. -]{1,60}$")] = Field(
        default="en", title="Language", description="Of the names of products, such as en or fr-CA."
    )
    months_back: Annotated[int, Field(ge=0, le=24)] = Field(
        default=2,
        title="Periods before the current one",
        description="How many are asked for again in every run, since charges change until they are billed, and later.",
    )
    token_address: _Address = Field(
        default="https://api.sherweb.com/auth/oidc/connect/token",
        title="Address of tokens",
        description="Where a token is asked for.",
        json_schema_extra={"format": "uri"},
    )
    distributor_address: _Address = Field(
        default="https://api.sherweb.com/distributor/v1",
        title="Address of the distributor API",
        description="Where charges are asked for.",
        json_schema_extra={"format": "uri"},
    )
    service_provider_address: _Address = Field(
        default="https://api.sherweb.com/service-provider/v1",
        title="Address of the service-provider API",
        description="Where organisations are asked for.",
        json_schema_extra={"format": "uri"},
    )
    largest_answer_mb: Annotated[int, Field(ge=1, le=2000)] = Field(
        default=500,
        title="Largest answer, in megabytes",
        description="Charges come as one document: 74 megabytes for 10,000 organisations with ten charges each.",
    )
    answer_minutes: Annotated[int, Field(ge=1, le=14)] = Field(
        default=10, title="Minutes for an answer", description="How long one answer may take, first byte to last."
    )

    @property
    def limits(self) -> Limits:
        """What one answer may take."""
        return Limits(self.largest_answer_mb * _MEGABYTE, self.answer_minutes * 60.0)
