"""The environment, read once. The only file that names it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

import msgspec

MOST_POINTS = 100


class MissingSetting(Exception):
    """A variable that the function cannot do without is not set; its name is the text."""


class UnsafeSetting(Exception):
    """A variable has a value that makes no sense, or that only the local stage may have."""


class Settings(msgspec.Struct, frozen=True):
    """Everything that an operator chooses."""

    stage: str
    version: str
    care_table: str
    catalogue_table: str
    access_table: str
    shards_queue_url: str
    wake_queue_url: str
    notices_queue_url: str
    reports_queue_url: str
    receipts_queue_url: str
    replies_queue_url: str
    queue_prefix: str
    messages_bucket: str
    base_url: str
    sign_in_url: str
    sms_providers: dict[str, int]
    """The points (0-100) of aws, ovh, http: "aws:70,ovh:30"."""
    sms_countries: tuple[str, ...]
    """Dialling codes that may be written to and called; none: all."""
    sms_http_url: str
    sms_http_secret: str
    sms_sender: str
    """At most 11 letters and digits (such a sender cannot be answered), or a number that can."""
    sms_numbers: dict[str, str]
    """The hospital behind each number or keyword that patients write to."""
    sms_configuration_set: str
    sms_protect_configuration: str
    sms_max_price: str
    voice_origin: str
    """The number that calls landlines; empty: nobody is called."""
    ovh_url: str
    ovh_service: str
    ovh_application_key: str
    ovh_application_secret: str
    ovh_consumer_key: str
    ovh_callback_secret: str
    ses_from: str
    ses_configuration_set: str
    paces: dict[str, int]
    """How many notices of a hospital may leave in a minute over one channel, where not the usual number."""
    clock: Literal["system", "shifted", "held"]
    insecure_cookies: bool

    @property
    def is_local(self) -> bool:
        """Whether this is the stage on a developer's machine."""
        return self.stage == "local"


SENDER = re.compile(r"|(?=.*[A-Za-z])[A-Za-z0-9]{1,11}|\+?[0-9]{3,15}|(?:arn:|pool-|phone-|sender-).+")
"""France (AF2M) takes letters and digits only, and not digits alone; the last ones are AWS's own names."""

OPTIONAL = {
    "VIGIE_VERSION": "unknown",
    "SIGN_IN_URL": "",
    "SMS_PROVIDERS": "aws:100",
    "SMS_COUNTRIES": "33,262,508,590,594,596,681,687,689",
    "SMS_HTTP_URL": "",
    "SMS_HTTP_SECRET": "",
    "SMS_SENDER": "",
    "SMS_NUMBERS": "",
    "SMS_CONFIGURATION_SET": "",
    "SMS_PROTECT_CONFIGURATION": "",
    "SMS_MAX_PRICE": "0.20",
    "VOICE_ORIGIN": "",
    "OVH_URL": "https://eu.api.ovh.com/1.0",
    "OVH_SERVICE": "",
    "OVH_APPLICATION_KEY": "",
    "OVH_APPLICATION_SECRET": "",
    "OVH_CONSUMER_KEY": "",
    "OVH_CALLBACK_SECRET": "",
    "SES_CONFIGURATION_SET": "",
    "PACES": "{}",
    "CLOCK": "system",
    "INSECURE_COOKIES": "",
}


def read(environment: Mapping[str, str]) -> Settings:
    """The settings in this environment.

    Raises `MissingSetting` with the variable's name, and `UnsafeSetting` where a clock that can be
    moved, cookies without protection or a provider without TLS are asked for anywhere but in the local stage.
    """

    def value(name: str) -> str:
        found = environment.get(name) or OPTIONAL.get(name)
        if found is None:
            raise MissingSetting(name)
        return found

    fields: dict[str, Any] = {
        name: value("VIGIE_" + name.upper() if name in {"stage", "version"} else name.upper())
        for name in Settings.__struct_fields__
    }
    fields["sms_providers"] = _shares(fields["sms_providers"])
    fields["sms_countries"] = tuple(code for code in fields["sms_countries"].split(",") if code != "all")
    read_out = {
        "insecure_cookies": fields["insecure_cookies"] == "1",
        "paces": json.loads(fields["paces"]),
        "sms_numbers": dict(pair.split("=", 1) for pair in fields["sms_numbers"].split(",") if pair),
    }
    settings = msgspec.convert(fields | read_out, type=Settings)
    if not SENDER.fullmatch(settings.sms_sender):
        raise UnsafeSetting(settings.sms_sender)
    plain = any(url.startswith("http:") for url in (settings.sms_http_url, settings.ovh_url))
    if not settings.is_local and (settings.clock != "system" or settings.insecure_cookies or plain):
        raise UnsafeSetting(settings.stage)
    return settings


def _shares(text: str) -> dict[str, int]:
    """The points of each provider; `UnsafeSetting` where they are none, or no points."""
    pairs = [part.strip().partition(":") for part in text.split(",")]
    shares = {name: int(points) if points.isdecimal() else -1 for name, _, points in pairs}
    if not any(shares.values()) or not all(0 <= points <= MOST_POINTS for points in shares.values()):
        raise UnsafeSetting(text)
    return shares


@cache
def settings() -> Settings:
    """This function's settings."""
    return read(os.environ)
