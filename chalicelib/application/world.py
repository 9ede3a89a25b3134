"""Everything that the application reaches the world through, in one value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.application import ports
from chalicelib.application.hospital_queue import HospitalQueue, SystemQueues
from chalicelib.application.ledger import Ledger
from chalicelib.application.report_content import ReportContent
from chalicelib.application.sessions import Access
from chalicelib.application.stumbling import Stumbles
from chalicelib.application.versions import Versions
from chalicelib.domain.episode.commands import Channel


@dataclass(frozen=True)
class World:
    """The ports, each bound to an adapter by `bootstrap` (or to a fake by a test)."""

    care: ports.Care
    people: ports.People
    ledger: Ledger
    outgoing: ports.Outgoing
    alarm: ports.Alarm
    catalogue: ports.Catalogue
    access: Access
    bell: ports.Bell
    hospital_queue: HospitalQueue
    system_queues: SystemQueues
    stumbles: Stumbles
    providers: Mapping[Channel, ports.Provider]
    versions: Versions
    write_report: Callable[[ReportContent], bytes]
    write_document: Callable[[ReportContent, str, str, str], bytes]
    """From a report, a language, and the unit's name and phone."""
    base_url: str
