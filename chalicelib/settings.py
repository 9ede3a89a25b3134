"""The environment, read once. The only file that names it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import Literal

import msgspec


class MissingSetting(Exception):
    """A variable that the function cannot do without is not set; its name is the text."""


class UnsafeSetting(Exception):
    """A variable has a value that only the local stage may have."""


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
    queue_prefix: str
    messages_bucket: str
    base_url: str
    sign_in_url: str
    sms_provider: Literal["http", "aws"]
    sms_http_url: str
    sms_http_secret: str
    sms_sender: str
    sms_configuration_set: str
    ses_from: str
    clock: Literal["system", "shifted", "held"]
    insecure_cookies: bool

    @property
    def is_local(self) -> bool:
        """Whether this is the stage on a developer's machine."""
        return self.stage == "local"


OPTIONAL = {
    "VIGIE_VERSION": "unknown",
    "SIGN_IN_URL": "",
    "SMS_PROVIDER": "aws",
    "SMS_HTTP_URL": "",
    "SMS_HTTP_SECRET": "",
    "SMS_SENDER": "",
    "SMS_CONFIGURATION_SET": "",
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
    settings = msgspec.convert(
        fields | {"insecure_cookies": fields["insecure_cookies"] == "1"}, type=Settings
    )
    if not settings.is_local and (settings.clock != "system" or settings.insecure_cookies):
        raise UnsafeSetting(settings.stage)
    return settings


@cache
def settings() -> Settings:
    """This function's settings."""
    return read(os.environ)
