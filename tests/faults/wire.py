"""The one hook that every AWS request of this process passes, and the faults that it can plant there.

Botocore's event `before-send` is emitted once for each attempt of each call. Our handler stands among
botocore's built-in ones in moto's place, so every client made afterwards has it, PynamoDB's own included. It
lets the request through to the engine itself, so it knows both sides of every effect.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from botocore import handlers
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from botocore.httpsession import URLLib3Session
from botocore.retries import quota, standard
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import botocore_stubber

Mode = Literal[
    "crash_before",
    "crash_after",
    "lost_response",
    "lost_answers",
    "timeout_no_effect",
    "throttle",
    "txn_conflict",
    "slow_before",
    "slow_after",
    "zombie_before",
    "zombie_after",
]
MODES: tuple[Mode, ...] = (
    "crash_before",
    "crash_after",
    "lost_response",  # the first answer is lost, and the SDK repeats the call
    "lost_answers",  # every answer is lost, and the caller sees an error after the effect
    "timeout_no_effect",
    "throttle",
    "txn_conflict",
    "slow_before",  # paused for less than a lease, while others work
    "slow_after",
    "zombie_before",  # paused for longer than lease and grace: only here may a text leave twice
    "zombie_after",
)
PAUSES = {"slow": timedelta(seconds=20), "zombie": timedelta(minutes=30)}
AWS_ONLY = {"throttle", "lost_response"}
Effect = Callable[[], Any]


class Crash(BaseException):
    """The process is gone: no `except Exception` sees it."""


@dataclass
class Injector:
    """Counts boundaries, and at the k-th one lets `mode` happen; without them it only writes the trace."""

    k: int = 0
    mode: Mode | None = None
    on_pause: Callable[[timedelta], None] = lambda pause: None
    n: int = 0
    fired: str = ""
    """What the fault met: the trace's line."""
    fired_at: int = 0
    """Where in the trace that is."""
    trace: list[str] = field(default_factory=list)
    """Each boundary in turn, and in brackets whose they are: one line for each invocation."""
    _calls: dict[str, int] = field(default_factory=dict)

    def boundary(self, name: str, effect: Effect) -> Any:
        """I/O that is not AWS's: the same faults around any effect."""
        number = self._counted(name)
        if number != self.k or self.mode is None or self.mode in AWS_ONLY | {"txn_conflict"}:
            return effect()
        self._met(name)
        return self._disturbed(effect, name)

    def request(self, name: str, request: AWSPreparedRequest, effect: Effect) -> Any:
        """One attempt of one AWS call; an SDK's repeat is the same boundary."""
        call = str(request.headers.get("amz-sdk-invocation-id"))
        is_repeat = call in self._calls
        if not is_repeat:
            self._calls[call] = self._counted(name)
        if self._calls[call] != self.k or self.mode is None or not _applies(self.mode, name):
            return effect()
        if not is_repeat:
            self._met(name)
        if is_repeat and self.mode == "lost_response":
            return effect()
        if self.mode == "throttle":
            return refusal(request, "ThrottlingException")
        if self.mode == "txn_conflict":
            return _conflict(request)
        return self._disturbed(effect, request.url)

    def past(self) -> list[str]:
        """What the invocation that met the fault had done by then."""
        before = self.trace[: self.fired_at + str(self.mode).endswith("_after")]
        begun = max(at for at, line in enumerate(before) if line.startswith("["))
        return before[begun + 1 :]

    def _met(self, name: str) -> None:
        self.fired, self.fired_at = name, len(self.trace) - 1

    def _counted(self, name: str) -> int:
        self.n += 1
        self.trace.append(name)
        return self.n

    def _disturbed(self, effect: Effect, url: str) -> Any:
        match self.mode:
            case "crash_before":
                raise Crash
            case "timeout_no_effect":
                raise ReadTimeoutError(endpoint_url=url)
            case "slow_before" | "zombie_before":
                self._pause()
                return effect()
        answer = effect()
        match self.mode:
            case "crash_after":
                raise Crash
            case "lost_response" | "lost_answers":
                raise ConnectionClosedError(endpoint_url=url)
        self._pause()
        return answer

    def _pause(self) -> None:
        self.on_pause(PAUSES[str(self.mode).partition("_")[0]])


class Wire:
    """Where every request passes: to the disturber when code under test is running, and then to its engine."""

    def __init__(self) -> None:
        self.injector: Injector | None = None
        self.answers: dict[str, Callable[[str, AWSPreparedRequest], AWSResponse]] = {}
        """Services that we answer ourselves (those that carry messages), by botocore's name."""
        self._http = URLLib3Session()

    def __call__(self, event_name: str, request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
        if not botocore_stubber.enabled:
            return None  # no test of ours is running
        service, operation = event_name.split(".")[1:3]

        def effect() -> AWSResponse:
            if service in self.answers:
                return self.answers[service](operation, request)
            return botocore_stubber(event_name, request) or self._http.send(request)

        if self.injector is None:
            return effect()
        answer: AWSResponse = self.injector.request(
            f"{service} {operation}{_about(request)}", request, effect
        )
        return answer


WIRE = Wire()


def respond(request: AWSPreparedRequest, status: int, body: dict[str, Any], **headers: str) -> AWSResponse:
    """An answer as a service gives it."""
    raw: Any = MockRawResponse(json.dumps(body))
    return AWSResponse(request.url, status, headers, raw)


def refusal(request: AWSPreparedRequest, code: str, **more: Any) -> AWSResponse:
    """An error as a service reports it, in both of the ways in which services do."""
    body = {"__type": f"com.amazonaws#{code}", "message": code, **more}
    return respond(request, 400, body, **{"x-amzn-errortype": code})


def _applies(mode: Mode, name: str) -> bool:
    return mode != "txn_conflict" or "TransactWriteItems" in name


def _conflict(request: AWSPreparedRequest) -> AWSResponse:
    count = len(json.loads(request.body)["TransactItems"])
    reasons = [{"Code": "TransactionConflict", "Message": "busy"}, *[{"Code": "None"}] * (count - 1)]
    return refusal(request, "TransactionCanceledException", CancellationReasons=reasons)


def _about(request: AWSPreparedRequest) -> str:
    """Which table and kinds of items, or which queue: never an id."""
    try:
        body = json.loads(request.body or "{}")
    except ValueError:
        return ""
    if "QueueUrl" in body:
        return " " + body["QueueUrl"].rpartition("/")[2].removeprefix("faults-").removesuffix(".fifo")
    tables = {body["TableName"]} if "TableName" in body else set()
    kinds = {_kind(body[part]) for part in ("Key", "Item") if part in body}
    for item in body.get("TransactItems", ()):
        for action in item.values():
            tables.add(action["TableName"])
            kinds.add(_kind(action.get("Item") or action["Key"]))
    for table, asked in body.get("RequestItems", {}).items():
        tables.add(table)
        kinds |= {_kind(key) for key in asked["Keys"]}
    index = f".{body['IndexName']}" if "IndexName" in body else ""
    named = "+".join(sorted(name.removeprefix("faults-") + index for name in tables))
    return "".join(f" {words}" for words in (named, "+".join(sorted(kinds))) if words)


def _kind(key: dict[str, Any]) -> str:
    return str(key["sk"]["S"]).partition("#")[0]


class _NoWait:
    def delay_amount(self, context: Any) -> int:
        return 0


class Impatient:
    """A base class for every client: it repeats a call as its configuration says, without waiting.

    Botocore registers its own retry handler under this id, and leaves one that is there already alone.
    """

    def __init__(self, *parts: Any, **named: Any) -> None:
        super().__init__(*parts, **named)
        client: Any = self
        service = client.meta.service_model.service_id.hyphenize()
        attempts = client.meta.config.retries.get("total_max_attempts") or standard.DEFAULT_MAX_ATTEMPTS
        handler = standard.RetryHandler(
            retry_policy=standard.RetryPolicy(standard.StandardRetryConditions(attempts), _NoWait()),
            retry_event_adapter=standard.RetryEventAdapter(),
            retry_quota=standard.RetryQuotaChecker(quota.RetryQuota(initial_capacity=10**9)),
        )
        client.meta.events.register(
            f"needs-retry.{service}", handler.needs_retry, unique_id=f"retry-config-{service}"
        )


def _made_impatient(base_classes: list[type], **_: Any) -> None:
    if botocore_stubber.enabled:
        base_classes.insert(0, Impatient)


handlers.BUILTIN_HANDLERS.remove(("before-send", botocore_stubber))
handlers.BUILTIN_HANDLERS += [("before-send", WIRE), ("creating-client-class", _made_impatient)]
