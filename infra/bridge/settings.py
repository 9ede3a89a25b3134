"""The bridge's settings: one TOML file. infra/bridge/bridge.example.toml explains every key."""

from __future__ import annotations

import ssl
import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec

Port = Annotated[int, msgspec.Meta(ge=1, le=65_535)]
Positive = Annotated[float, msgspec.Meta(gt=0)]


class BadSettings(ValueError):
    """The file cannot be used; the text names the key and says what is wrong."""


class Tls(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Certificates. Files hold PEM."""

    certificate: str = ""
    key: str = ""
    authorities: str = ""
    """For a listener: who signs the certificates that clients must have. For the receiver: who signs its."""


class Listener(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One port for one or several sending systems."""

    port: Port
    host: str = "0.0.0.0"  # noqa: S104 - a bridge is there to be reached by the hospital's systems
    tls: Tls | None = None


class Receiver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the hospital takes our messages."""

    queue: str
    host: str
    port: Port
    tls: Tls | None = None
    answer_seconds: Positive = 30.0
    poll_seconds: Annotated[int, msgspec.Meta(ge=0, le=20)] = 20
    """How long one question to the queue waits for a message (SQS's own limit is 20)."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that an operator chooses."""

    hospital: Annotated[str, msgspec.Meta(pattern="^[a-z0-9]{2,12}$")]
    queue: str
    listeners: Annotated[tuple[Listener, ...], msgspec.Meta(min_length=1)]
    store: Literal["spool", "queue"] = "spool"
    spool: str = "/var/lib/vigie-bridge/spool.sqlite"
    spool_bytes: Annotated[int, msgspec.Meta(ge=1)] = 2_000_000_000
    spool_alarm_seconds: Positive = 300.0
    bucket: str = ""
    longest_message: Annotated[int, msgspec.Meta(ge=1000)] = 20_000_000
    idle_seconds: Positive = 3600.0
    most_connections: Annotated[int, msgspec.Meta(ge=1)] = 50
    watch_host: str = "127.0.0.1"
    watch_port: Port = 2580
    receiver: Receiver | None = None
    region: str = "eu-west-3"
    endpoint: str | None = None


def load(file: Path) -> Settings:
    """The settings in a file. Raises `BadSettings`."""
    try:
        return msgspec.convert(tomllib.loads(file.read_text("utf-8")), Settings)
    except OSError as error:
        msg = f"{file}: {error.strerror}"
        raise BadSettings(msg) from error
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        msg = f"{file}: {error}"
        raise BadSettings(msg) from error


def server_context(tls: Tls | None) -> ssl.SSLContext | None:
    """How a listener speaks TLS; with `authorities`, only to clients that they have signed."""
    if tls is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(tls.certificate, tls.key)
    if tls.authorities:
        context.load_verify_locations(tls.authorities)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def client_context(tls: Tls | None) -> ssl.SSLContext | None:
    """How we speak TLS to the receiver; with a certificate of our own, where it wants one."""
    if tls is None:
        return None
    context = ssl.create_default_context(cafile=tls.authorities or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if tls.certificate:
        context.load_cert_chain(tls.certificate, tls.key)
    return context
