"""All that environment and settings file decide; read once, checked at start."""

from __future__ import annotations

import re
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from qbwc_server.errors import Unusable
from qbwc_server.validation import sentences

KIB, MIB = 1 << 10, 1 << 20
_MASKED = ("metrics_token", "secrets_keys", "smtp_password")


class JobWorkers(StrEnum):
    """Who does the timed jobs."""

    SCHEDULER = "scheduler"  # in threads of its own
    PROCRASTINATE = "procrastinate"  # workers, called through PostgreSQL


class SmtpSecurity(StrEnum):
    """How the way to the mail server is protected."""

    STARTTLS = "starttls"  # asked for after the greeting; without it nothing is sent
    TLS = "tls"  # from the first byte on
    NONE = "none"  # a server on this machine


class BadSettings(Unusable):
    """The settings cannot be used."""

    code = "bad_settings"
    advice = "Correct the named settings (environment variables QBWC_..., or the settings file), then start again."


class Settings(BaseSettings):
    """Read from ``QBWC_*`` variables, else from a TOML file (``qbwc.toml``, or the one that ``load`` is given)."""

    model_config = SettingsConfigDict(env_prefix="QBWC_", frozen=True, extra="forbid", hide_input_in_errors=True)

    database_url: SecretStr = Field(
        SecretStr("sqlite:///qbwc.db"), description="SQLite file or postgresql+psycopg://user:password@host/database"
    )
    base_url: str = Field(
        "http://localhost:8000", description="public address, printed into .qwc files; https unless localhost"
    )
    host: str = Field("127.0.0.1", description="address that serve listens on")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(
        8000, description="port that serve listens on; 0 takes a free one"
    )
    workers: Annotated[int, Field(ge=1, le=64)] = Field(2, description="server processes")
    threads: Annotated[int, Field(ge=1, le=256)] = Field(4, description="threads in each server process")
    trusted_proxies: Annotated[int, Field(ge=0, le=5)] = Field(
        0, description="reverse proxies in front whose X-Forwarded-For is believed"
    )

    session_timeout_s: Annotated[int, Field(ge=1)] = Field(
        300, description="silence after which an update session with a set in QuickBooks' hands is given up"
    )
    session_idle_s: Annotated[int, Field(ge=0)] = Field(
        60, description="silence after which an update session with nothing in QuickBooks' hands is given up"
    )
    message_set_target_s: Annotated[float, Field(gt=0)] = Field(
        10.0, description="how long QuickBooks should be busy with one message set"
    )
    message_set_requests: Annotated[int, Field(ge=1, le=500)] = Field(
        200, description="most requests in one message set"
    )
    message_set_bytes: Annotated[int, Field(ge=10 * KIB)] = Field(MIB, description="most bytes in one message set")

    body_limit: int = Field(64 * KIB, description="most bytes of a SOAP call's body")
    response_limit: int = Field(256 * MIB, description="most bytes of an answer of QuickBooks (receiveResponseXML)")
    hcp_limit: int = Field(MIB, description="most bytes of the company description in the first sendRequestXML")

    oldest_connector: str = Field("2.1.0.30", description="older Web Connectors are warned")
    refused_connector: str = Field("2.0.0.0", description="older Web Connectors are refused")

    api_requests_per_minute: Annotated[int, Field(ge=0)] = Field(
        1200, description="most requests of one API token in a minute; 0: as many as it likes"
    )

    login_failures: Annotated[int, Field(ge=1)] = Field(10, description="wrong passwords before a pause")
    login_pause_s: Annotated[int, Field(ge=1)] = Field(900, description="length of that pause")

    job_workers: JobWorkers = Field(
        JobWorkers.SCHEDULER,
        description="who does the timed jobs: the scheduler itself, or workers that it calls by procrastinate",
    )
    job_threads: Annotated[int, Field(ge=1, le=256)] = Field(
        4, description="timed jobs that one scheduler or worker does at the same time"
    )
    job_lease_s: Annotated[float, Field(ge=0.3)] = Field(
        60.0, description="silence of a scheduler or worker after which another does what it was doing"
    )

    evidence_days: Annotated[int, Field(ge=30)] = Field(
        400, description="days for which the texts of message sets and answers are kept; then a digest proves them"
    )

    secrets_keys: SecretStr | None = Field(
        None,
        description="keys that seal secrets of connections, newest first, divided by commas; without them a file holds "
        "them",
    )
    secrets_file: Path | None = Field(
        None,
        description="that file, made where there is none; default: beside the SQLite database, else qbwc.keys",
    )
    private_upstreams: bool = Field(
        False,
        description="whether connections and webhooks may call addresses in private networks and on this machine, "
        "without TLS",
    )
    record_days: Annotated[int, Field(ge=1)] = Field(
        90, description="days for which what upstream systems told is kept word for word; then a digest proves it"
    )

    smtp_host: str | None = Field(
        None, description="mail server to which e-mails for people are handed; without it none is sent"
    )
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = Field(587, description="its port")
    smtp_security: SmtpSecurity = Field(
        SmtpSecurity.STARTTLS, description="how the way to it is protected: starttls, tls or none"
    )
    smtp_user: str | None = Field(None, description="name to sign in there with; without it nobody signs in")
    smtp_password: SecretStr | None = Field(None, description="password to sign in there with")
    mail_from: str | None = Field(None, description="address from which e-mails come")

    metrics_token: SecretStr | None = Field(
        None, description="bearer token for /metrics; without it only this machine may read it"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="how much is logged")
    log_format: Literal["json", "text"] = Field("json", description="one JSON object or one plain line per event")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: SecretStr) -> SecretStr:
        try:
            backend = make_url(url.get_secret_value()).drivername
        except ArgumentError:
            raise ValueError("not a database URL") from None
        if backend not in ("sqlite", "postgresql+psycopg"):
            raise ValueError("use sqlite:///FILE or postgresql+psycopg://...")
        return url

    @field_validator("job_workers")
    @classmethod
    def _workers_need_postgres(cls, workers: JobWorkers, other: ValidationInfo) -> JobWorkers:
        url: SecretStr | None = other.data.get("database_url")  # missing where it is wrong itself
        if workers is JobWorkers.PROCRASTINATE and url and url.get_secret_value().startswith("sqlite"):
            raise ValueError("procrastinate needs PostgreSQL; with SQLite the scheduler does the jobs")
        return workers

    @field_validator("mail_from")
    @classmethod
    def _one_address(cls, said: str | None) -> str | None:
        address = r"[^\s@<>]+@[^\s@<>]+"
        if said is not None and not re.fullmatch(rf"{address}|[^\x00-\x1f\x7f<>@]+ <{address}>", said):
            raise ValueError("an address such as books@example.com or Books <books@example.com>")
        return said

    @model_validator(mode="after")
    def _mail_comes_from_somebody(self) -> Settings:
        if self.smtp_host is not None and self.mail_from is None:
            raise ValueError("with smtp_host, mail_from is needed: the address from which e-mails come")
        return self

    @field_validator("secrets_keys")
    @classmethod
    def _keys_of_32_bytes(cls, keys: SecretStr | None) -> SecretStr | None:
        for key in [] if keys is None else keys.get_secret_value().split(","):
            if not re.fullmatch(r"\s*[A-Za-z0-9_-]{43}=\s*", key):
                raise ValueError("keys divided by commas, each made by: qbwc-server secrets new-key")
        return keys

    @field_validator("oldest_connector", "refused_connector")
    @classmethod
    def _version_numbers(cls, version: str) -> str:
        if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6}){1,3}", version):
            raise ValueError("a version such as 2.1.0.30")
        return version

    @field_validator("base_url")
    @classmethod
    def _public_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("an address such as https://books.example.com")
        if parts.scheme == "http" and parts.hostname != "localhost":
            raise ValueError("the Web Connector accepts plain http for localhost only; use https")
        return url.rstrip("/")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, _settings_file)

    def doubts(self) -> list[str]:
        """What can be used and is hardly meant so, in sentences: told at the start and by ``status``."""
        public = urlsplit(self.base_url).hostname != "localhost"
        if public and self.trusted_proxies == 0 and _is_this_machine(self.host):
            return [
                f"The public address is {self.base_url}, the server listens on {self.host} only, and trusted_proxies "
                "is 0: if a proxy stands in front, every caller looks the same, and whoever guesses passwords can "
                "not be told from a Web Connector. Set trusted_proxies to the number of proxies."
            ]
        return []

    @property
    def database(self) -> str:
        """The database URL with its password: never print it."""
        return self.database_url.get_secret_value()

    def masked(self) -> dict[str, object]:
        """Every setting as it is in force, secrets masked: what ``qbwc-server settings`` prints."""
        values: dict[str, object] = self.model_dump()
        values["database_url"] = make_url(self.database).render_as_string(hide_password=True)
        for name in _MASKED:
            values[name] = None if values[name] is None else "***"
        values["secrets_file"] = None if self.secrets_file is None else str(self.secrets_file)
        return values


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


_settings_file = Path("qbwc.toml")


def load(settings_file: str | None = None, **overrides: object) -> Settings:
    """The settings in force.

    Args:
        settings_file: TOML file; it must exist when named. Default: ``qbwc.toml`` where present.
        overrides: values that win over environment and file (options of a command).

    Raises:
        BadSettings: names each setting that cannot be used, never its value.
    """
    global _settings_file  # noqa: PLW0603  # pydantic asks a class method for its sources
    if settings_file is not None and not Path(settings_file).is_file():
        raise BadSettings(f"The settings file {settings_file} does not exist.")
    _settings_file = Path(settings_file or "qbwc.toml")
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # names and types are checked by pydantic itself
    except (TOMLDecodeError, UnicodeDecodeError, OSError) as mistake:
        raise BadSettings(f"The settings file {_settings_file} cannot be read: {mistake}.") from None
    except ValidationError as mistake:
        raise BadSettings("The settings cannot be used: " + " ".join(sentences(mistake, "settings"))) from None
