"""A hospital, its patients, AWS around our functions, and time: everything but the code under test.

The functions are the real ones of `entrypoints`, bound by settings alone. This platform does to them what
AWS does: it receives, invokes, deletes what was done, brings again what was not, and ticks.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from chalicelib import bootstrap, settings
from chalicelib.adapters import tables
from chalicelib.adapters.clock import HeldClock
from chalicelib.adapters.tenancy import acting_for
from chalicelib.application.handle import always, handle
from chalicelib.application.profile import Consent, Profile
from chalicelib.domain.episode import Command
from chalicelib.entrypoints import inbound, queues, schedules
from infra.local.seed import MEMBERS, PROFILE, UNIT
from tests.faults.carriers import Carriers
from tests.faults.engine import HOSPITAL, PREFIX, QUEUES, Engine, Snapshot, running
from tests.faults.wire import WIRE, Crash, Injector

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OUR_NUMBER = "36180"
OURS: Profile = replace(PROFILE, consent=Consent(field="ZPA-1", refused=("NON",)), reports=("oru",))
Function = Callable[[dict[str, Any]], dict[str, Any]]
FUNCTIONS: dict[str, Function] = {
    "shards": queues.sweep,
    "wake": queues.wake,
    "notices": queues.deliver,
    "reports": queues.report,
    "receipts": queues.receipts,
    "replies": inbound.replies,
    f"{HOSPITAL}-in": queues.hl7_in,
}
MOST_ROUNDS = 200


class Restless(AssertionError):
    """Something is due again and again, and nothing comes of it."""


@dataclass
class World:
    """One hospital. `functions`: other ones than the product's, to see whether a defect is caught."""

    engine: Engine
    clock: HeldClock
    functions: dict[str, Function] = field(default_factory=dict)
    carriers: Carriers = field(default_factory=Carriers)
    injector: Injector = field(default_factory=Injector)
    received: list[str] = field(default_factory=list)
    """Control ids of what the hospital has got from us."""
    answer: str = "AA"
    """How the hospital answers."""
    invocations: list[tuple[str, int]] = field(default_factory=list)
    """Each function that ran, and how many boundaries it had."""

    def __post_init__(self) -> None:
        self.carriers.tell = self._receipt
        self.injector.on_pause = self._elsewhere
        WIRE.answers = {"pinpoint-sms-voice-v2": self.carriers.sms, "sesv2": self.carriers.email}

    def forget(self, held: Snapshot, at: datetime) -> None:
        """Begin again from what was held; containers are cold."""
        self.engine.restore(held)
        self.clock.at = at
        with acting_for(HOSPITAL):
            bootstrap.world().catalogue.save_profile(HOSPITAL, OURS)
        bootstrap.world().hospital_queue._url.cache_clear()
        for carrying in bootstrap.world().providers.values():
            carrying.states._read.clear()
            carrying.states.seconds = lambda: self.clock.at.timestamp()

    # What happens to the system

    def hl7(self, *messages: str) -> None:
        """The bridge puts messages on the hospital's queue."""
        for text in messages:
            self.put(f"{HOSPITAL}-in", text, group="bridge")
        self.settle()

    def do(self, episode: str, command: Command, *extras: Any) -> None:
        """Somebody presses a button; where an error page comes, they press it again."""
        extras_for = always(*extras)
        self.press(lambda: handle(bootstrap.world(), HOSPITAL, episode, command, extras_for))

    def press(self, action: Callable[[], Any], name: str = "web") -> None:
        """One request of a browser, repeated as a person would; then everything that it leads to."""
        for _ in range(3):
            self.engine.time_out()
            with suppress(Exception, Crash), acting_for(HOSPITAL):
                self._run(name, action)
                break
        self.settle()

    def text(self, words: str, name: str = "1") -> None:
        """A patient writes; the network tells it once more."""
        told = {"inboundMessageId": name, "originationNumber": "+33639980001"}
        told |= {"destinationNumber": OUR_NUMBER, "messageBody": words}
        self.put("replies", json.dumps(told))
        self.put("replies", json.dumps(told))
        self.settle()

    def tick(self) -> None:
        """The schedule's own function, as each minute."""
        with suppress(Exception, Crash):
            self._run("tick", schedules.tick)
        self.settle()

    def go(self, until: datetime) -> None:
        """Let time pass. What is due in between is found by the sweep, shard by shard."""
        for _ in range(MOST_ROUNDS):
            self.settle()
            due = self.due()
            if not due or due[0][0] > until:
                break
            self.clock.at = max(self.clock.at + timedelta(minutes=self._is_again(due)), due[0][0])
            for shard in sorted({shard for at, shard in due if at <= self.clock.at}):
                self.put("shards", json.dumps({"shard": shard}))
        else:
            raise Restless(self.due())
        self.clock.at = max(self.clock.at, until)

    def _is_again(self, due: list[tuple[datetime, int]]) -> int:
        """What is due still after a sweep waits for the next minute's."""
        return int(due[0][0] <= self.clock.at)

    def due(self) -> list[tuple[datetime, int]]:
        """What the wake index holds: when, and in which shard."""
        items = [i for i in self.engine.scan("CareTable") if "wake_at" in i]
        return sorted(
            (datetime.fromisoformat(i["wake_at"]["S"]), int(i["wake_pk"]["S"].removeprefix("WAKE#")))
            for i in items
        )

    @property
    def episode(self) -> str:
        """The one follow-up of the story."""
        rows = [i["pk"]["S"] for i in self.engine.scan("CareTable") if i["sk"]["S"] == "ROW"]
        return rows[0].partition("|EPI#")[2]

    # The platform

    def put(self, queue: str, body: str, group: str = "") -> None:
        """A message onto a queue, by somebody else than the code under test."""
        fifo = {"MessageGroupId": group, "MessageDeduplicationId": os.urandom(8).hex()} if group else {}
        with self._untouched():
            self.engine.sqs.send_message(QueueUrl=self.engine.urls[queue], MessageBody=body, **fifo)

    def settle(self) -> None:
        """Invoke functions until every queue is empty; what fails comes again, and at last lies dead."""
        for _ in range(MOST_ROUNDS):
            worked = [self._poll(name) for name in FUNCTIONS if self.engine.waiting(name)]
            if self.engine.waiting(f"{HOSPITAL}-out"):
                worked.append(self._poll_hospital())
            if not worked:
                return
        raise Restless([name for name in FUNCTIONS if self.engine.waiting(name)])

    def _poll(self, name: str) -> None:
        records = self._records(name)
        function = self.functions.get(name, FUNCTIONS[name])
        failed = {record["messageId"] for record in records}
        with suppress(Crash):
            answer = self._run(name, lambda: function({"Records": records}), len(records)) if records else {}
            failed = {item["itemIdentifier"] for item in answer.get("batchItemFailures", ())}
        self._delete(name, [r for r in records if r["messageId"] not in failed])

    def _poll_hospital(self) -> None:
        """The bridge: hand one message over, report how it was answered. The far end knows repeats by their id."""
        record = self._records(f"{HOSPITAL}-out")[0]
        with suppress(Exception, Crash):
            control_id = json.loads(record["body"])["control_id"]
            self.injector.boundary("hospital", lambda: self.received.append(control_id))
            self.put(f"{HOSPITAL}-in", json.dumps({"outcome": self._answered(control_id)}), group="outcomes")
            self._delete(f"{HOSPITAL}-out", [record])

    def _answered(self, control_id: str) -> dict[str, str]:
        result = "delivered" if self.answer == "AA" else "refused"
        at = self.clock.at.isoformat()
        return {"control_id": control_id, "result": result, "code": self.answer, "text": "", "at": at}

    def _records(self, name: str) -> list[dict[str, Any]]:
        """As Lambda gets them. They stay visible: whoever runs at the same time gets them, too."""
        with self._untouched():
            found = self.engine.receive(name)
        plain = name if name in QUEUES else f"{name}.fifo"
        return [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message["Attributes"],
                "eventSourceARN": f"arn:aws:sqs:eu-west-3:123456789012:{PREFIX}{plain}",
            }
            for message in found.get("Messages", ())
        ]

    def _delete(self, name: str, records: list[dict[str, Any]]) -> None:
        with self._untouched():
            for record in records:
                self.engine.sqs.delete_message(
                    QueueUrl=self.engine.urls[name], ReceiptHandle=record["receiptHandle"]
                )

    def _receipt(self, event: dict[str, Any]) -> None:
        self.put("receipts", json.dumps(event))

    def _run(self, name: str, action: Callable[[], Any], records: int = 1) -> Any:
        """Code under test: its requests are counted, and one of them meets the fault."""
        before = self.injector.n
        self.injector.trace.append(f"[{name}]" if records == 1 else f"[{name} x{records}]")
        outer, WIRE.injector = WIRE.injector, self.injector
        try:
            return action()
        finally:
            WIRE.injector = outer
            self.invocations.append((name, self.injector.n - before))

    @contextmanager
    def _untouched(self) -> Iterator[None]:
        outer, WIRE.injector = WIRE.injector, None
        try:
            yield
        finally:
            WIRE.injector = outer

    def _elsewhere(self, pause: timedelta) -> None:
        """A worker is paused: others do everything, and time goes by."""
        with self._untouched():
            self.go(self.clock.at + pause)


@contextmanager
def opened(engine: str = "moto") -> Iterator[tuple[Engine, HeldClock]]:
    """An engine with the product bound to it, and its clock."""
    with running(engine) as made, _silence():
        _forget_containers()
        os.environ |= _environment(made)
        with acting_for(HOSPITAL):
            for entry in (UNIT, OURS, *MEMBERS):
                bootstrap.world().catalogue.save(HOSPITAL, entry)
            for channel in ("sms", "email"):
                bootstrap.world().providers[channel]
        made.seeded = made.snapshot()
        clock = bootstrap.clock()
        assert isinstance(clock, HeldClock)
        yield made, clock
    _forget_containers()
    WIRE.answers = {}


@contextmanager
def _silence() -> Iterator[None]:
    """Thousands of faults would write thousands of lines."""
    logger = logging.getLogger("vigie")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def _environment(made: Engine) -> dict[str, str]:
    urls = {f"{name.upper()}_QUEUE_URL": url for name, url in made.urls.items() if name.isalpha()}
    return {
        **urls,
        "VIGIE_STAGE": "local",
        "CLOCK": "held",
        "CARE_TABLE": made.tables["CareTable"],
        "CATALOGUE_TABLE": made.tables["CatalogueTable"],
        "ACCESS_TABLE": made.tables["AccessTable"],
        "QUEUE_PREFIX": PREFIX,
        "MESSAGES_BUCKET": "faults",
        "BASE_URL": "https://v.example",
        "SES_FROM": "vigie@example.org",
        "SES_CONFIGURATION_SET": "vigie",
        "SMS_SENDER": OUR_NUMBER,
        "SMS_NUMBERS": f"{OUR_NUMBER}={HOSPITAL}",
        "SMS_CONFIGURATION_SET": "vigie",
        "AWS_DEFAULT_REGION": "eu-west-3",
    }


def _forget_containers() -> None:
    """Everything that a container keeps, so that what is opened next has clients with our hook."""
    for kept in (settings.settings, bootstrap.world, bootstrap.clock, bootstrap._sqs, tables._connection):
        kept.cache_clear()
    tables.table.cache_clear()
