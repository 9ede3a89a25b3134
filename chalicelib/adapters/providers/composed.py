"""Which providers a channel has, as the operator's settings say."""

from __future__ import annotations

import time
from typing import Any, assert_never

import boto3
from botocore.config import Config

from chalicelib.adapters.carriers import CarrierStates
from chalicelib.adapters.pointers import Pointers
from chalicelib.adapters.providers import messaging_aws, sms_ovh
from chalicelib.adapters.providers.email_ses import EmailSes
from chalicelib.adapters.providers.measured import Measured
from chalicelib.adapters.providers.sms_http import SmsHttp
from chalicelib.adapters.tables import Item
from chalicelib.application.carrying import Carrying
from chalicelib.application.ports import Clock, Provider
from chalicelib.domain.episode.commands import Channel
from chalicelib.settings import Settings, UnsafeSetting

ONCE = Config(retries={"total_max_attempts": 1, "mode": "standard"}, connect_timeout=2, read_timeout=8)
"""A message must not be sent twice behind our back: repeating it is the notice's own decision."""


def composed(channel: Channel, chosen: Settings, access: type[Item], clock: Clock) -> Carrying:
    """What carries this channel's messages; `access`: the table that knows how providers do."""
    states = CarrierStates(access)
    match channel:
        case "sms":
            shares = chosen.sms_providers
            texting: dict[str, Provider] = {name: Measured(_sms(name, chosen, access)) for name in shares}
            return Carrying(channel, texting, shares, states, clock.now, chosen.sms_countries)
        case "voice":
            voice = messaging_aws.VoiceAws(_messaging(), _account(chosen, chosen.voice_origin))
            calling = {voice.name: 100} if chosen.voice_origin else {}
            return Carrying(channel, {voice.name: voice}, calling, states, clock.now, chosen.sms_countries)
        case "email":
            ses = EmailSes(boto3.client("sesv2", config=ONCE), chosen.ses_from, chosen.ses_configuration_set)
            return Carrying(channel, {ses.name: ses}, {ses.name: 100}, states, clock.now)
        case _:
            assert_never(channel)


def ovh_pointers(access: type[Item]) -> Pointers:
    """Which notice an id of OVHcloud's belongs to."""
    return Pointers(access, sms_ovh.SmsOvh.name, time.time)


def _sms(name: str, chosen: Settings, access: type[Item]) -> Provider:
    match name:
        case "http":
            return SmsHttp(chosen.sms_http_url, chosen.sms_http_secret, chosen.sms_sender)
        case "ovh":
            account = sms_ovh.Account(
                chosen.ovh_service,
                chosen.ovh_application_key,
                chosen.ovh_application_secret,
                chosen.ovh_consumer_key,
                chosen.sms_sender,
                chosen.ovh_url,
            )
            return sms_ovh.SmsOvh(account, ovh_pointers(access), time.time)
        case "aws":
            return messaging_aws.SmsAws(_messaging(), _account(chosen, chosen.sms_sender))
        case _:
            raise UnsafeSetting(name)


def _messaging() -> Any:
    return boto3.client("pinpoint-sms-voice-v2", config=ONCE)


def _account(chosen: Settings, origin: str) -> messaging_aws.Account:
    return messaging_aws.Account(
        origin, chosen.sms_configuration_set, chosen.sms_protect_configuration, chosen.sms_max_price
    )
