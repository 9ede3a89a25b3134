"""The composition root: each port bound to its adapter, once per container."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from chalicelib.adapters import clock as clocks
from chalicelib.adapters.access import Access
from chalicelib.adapters.alarm import Alarm
from chalicelib.adapters.care import Care
from chalicelib.adapters.catalogue import Catalogue
from chalicelib.adapters.inbound import Replies
from chalicelib.adapters.ledger import Ledger
from chalicelib.adapters.long_messages import LongMessages
from chalicelib.adapters.outgoing import Outgoing
from chalicelib.adapters.queues import Bell, HospitalQueue, Receipts
from chalicelib.adapters.stumbles import Stumbles
from chalicelib.adapters.system_queues import SystemQueues
from chalicelib.adapters.tables import Item, table
from chalicelib.application.ports import Clock, Provider
from chalicelib.application.report_content import Document, ReportContent
from chalicelib.application.world import World
from chalicelib.domain.episode.commands import Channel
from chalicelib.settings import settings

if TYPE_CHECKING:
    from chalicelib.adapters.pages import Pages
    from chalicelib.adapters.pointers import Pointers


@cache
def world() -> World:
    """All ports of this function."""
    chosen = settings()
    care = Care(_table(chosen.care_table), _table(chosen.catalogue_table))
    catalogue = Catalogue(_table(chosen.catalogue_table))
    return World(
        care=care,
        people=care,
        ledger=Ledger(_table(chosen.care_table)),
        outgoing=Outgoing(_table(chosen.care_table), _table(chosen.access_table), chosen.paces),
        alarm=Alarm(_table(chosen.care_table)),
        catalogue=catalogue,
        access=Access(_table(chosen.access_table)),
        bell=Bell(
            _sqs(),
            notices=chosen.notices_queue_url,
            reports=chosen.reports_queue_url,
            wake=chosen.wake_queue_url,
            shards=chosen.shards_queue_url,
        ),
        hospital_queue=HospitalQueue(_sqs(), _cloudwatch(), chosen.queue_prefix),
        system_queues=SystemQueues(_sqs(), _cloudwatch(), _system_queues()),
        stumbles=Stumbles(_table(chosen.care_table)),
        providers=_Providers(),
        versions=catalogue.own,
        write_report=_write_report,
        write_document=_write_document,
        base_url=chosen.base_url,
    )


@cache
def clock() -> Clock:
    """The installation's clock."""
    if settings().clock == "shifted":
        return clocks.ShiftedClock(_table(settings().access_table))
    if settings().clock == "held":
        return clocks.HeldClock()
    return clocks.SystemClock()


@cache
def pages() -> Pages:
    """The templates and their languages."""
    # Jinja and Babel take long to import, and functions without pages never need them.
    from chalicelib.adapters.pages import Pages

    return Pages()


@cache
def long_messages() -> LongMessages:
    """Where messages lie that are too long for a queue."""
    client = boto3.client("s3", config=Config(connect_timeout=2, read_timeout=20))
    return LongMessages(client, settings().messages_bucket)


@cache
def receipts() -> Receipts:
    """The queue of delivery events."""
    return Receipts(_sqs(), settings().receipts_queue_url)


@cache
def ovh_pointers() -> Pointers:
    """Which notice an id of OVHcloud's belongs to."""
    from chalicelib.adapters.providers.composed import ovh_pointers

    return ovh_pointers(_table(settings().access_table))


@cache
def replies() -> Replies:
    """The queue of patients' text messages."""
    return Replies(_sqs(), settings().replies_queue_url)


def hospital_of_queue(arn: str) -> str:
    """Whose inbound queue this is: its name says it, and only that hospital may write to it."""
    name = arn.rpartition(":")[2]
    return name.removeprefix(settings().queue_prefix).removesuffix("-in.fifo")


def named_in(pk: str) -> tuple[str, str]:
    """The hospital and the episode in a key that the sweep has found."""
    hospital, _, episode = pk.removeprefix("TEN#").partition("|EPI#")
    return hospital, episode


class _Providers(dict[Channel, Provider]):
    """Providers by channel, each made when it is first needed."""

    def __missing__(self, channel: Channel) -> Provider:
        # Only functions that send need these.
        from chalicelib.adapters.providers.composed import composed

        self[channel] = composed(channel, settings(), _table(settings().access_table), clock())
        return self[channel]


@cache
def _cloudwatch() -> Any:
    return boto3.client("cloudwatch", config=Config(connect_timeout=1, read_timeout=2))


def _system_queues() -> dict[str, str]:
    chosen = settings()
    return {
        "shards": chosen.shards_queue_url,
        "wake": chosen.wake_queue_url,
        "notices": chosen.notices_queue_url,
        "reports": chosen.reports_queue_url,
        "receipts": chosen.receipts_queue_url,
        "replies": chosen.replies_queue_url,
    }


@cache
def _sqs() -> Any:
    return boto3.client("sqs", config=Config(retries={"mode": "standard"}, connect_timeout=2, read_timeout=8))


def _table(name: str) -> type[Item]:
    session = boto3.session.Session()
    return table(name, session.region_name or "eu-west-3")


def _write_report(content: ReportContent) -> bytes:
    # hl7apy takes long to import, and only reports need it.
    from chalicelib.hl7.write import observation_report

    return observation_report(content)


def _write_document(content: ReportContent, language: str, unit: str, phone: str) -> bytes:
    # fpdf2 takes half a second to import, and only hospitals that want documents need it.
    from chalicelib.adapters.summary_pdf import summary_pdf
    from chalicelib.hl7.write_document import document_notification

    pdf = summary_pdf(content, language, unit, phone)
    name = f"vigie-{content.control_id.lower()}.pdf"
    return document_notification(content, Document(content.report, content.panel.text, name, pdf))
