"""The environment, read once. The only file that names it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from functools import cache
from typing import Literal

import msgspec


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
    sms_provider: Literal["http", "aws"]
    sms_http_url: str
    sms_http_secret: str
    sms_sender: str
    """At most 11 letters and digits (such a sender cannot be answered), or a number that can."""
    sms_numbers: dict[str, str]
    """The hospital behind each number or keyword that patients write to."""
    sms_configuration_set: str
    ses_from: str
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
    "SMS_PROVIDER": "aws",
    "SMS_HTTP_URL": "",
    "SMS_HTTP_SECRET": "",
    "SMS_SENDER": "",
    "SMS_NUMBERS": "",
    "SMS_CONFIGURATION_SET": "",
    "PACES": "{}",
    "CLOCK": "system",
    "INSECURE_COOKIES": "",
}


def read(environment: Mapping[str, str]) -> Settings:
    """The settings in this environment.

    Raises `MissingSetting` with the variable's name, and `UnsafeSetting` where a clock that can be
    moved or cookies without protection are asked for anywhere but in the local stage.
    """

    def value(name: str) -> str:
        found = environment.get(name) or OPTIONAL.get(name)
        if found is None:
            raise MissingSetting(name)
        return found

    fields = {
        name: value("VIGIE_" + name.upper() if name in {"stage", "version"} else name.upper())
        for name in Settings.__struct_fields__
    }
    read_out = {
        "insecure_cookies": fields["insecure_cookies"] == "1",
        "paces": json.loads(fields["paces"]),
        "sms_numbers": dict(pair.split("=", 1) for pair in fields["sms_numbers"].split(",") if pair),
    }
    settings = msgspec.convert(fields | read_out, type=Settings)
    if not SENDER.fullmatch(settings.sms_sender):
        raise UnsafeSetting(settings.sms_sender)
    if not settings.is_local and (settings.clock != "system" or settings.insecure_cookies):
        raise UnsafeSetting(settings.stage)
    return settings


@cache
def settings() -> Settings:
    """This function's settings."""
    return read(os.environ)
