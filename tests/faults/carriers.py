"""Those who carry messages, as they look from outside: they answer on the wire and tell later what became of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from chalicelib.adapters.providers.email_ses import untagged
from tests.faults.wire import refusal, respond

Word = Literal["sent", "delivered", "failed"]
TEXTS = {"sent": "TEXT_QUEUED", "delivered": "TEXT_DELIVERED", "failed": "TEXT_UNREACHABLE"}
MAILS = {"sent": "Send", "delivered": "Delivery", "failed": "Bounce"}


@dataclass(frozen=True)
class Text:
    """A message that somebody now has."""

    reference: str
    channel: str
    to: str
    text: str

    @property
    def notice(self) -> str:
        """Which notice of ours this is."""
        return self.reference.rpartition("|")[2]


@dataclass
class Carriers:
    """The telephone network (End User Messaging) and the post (SES)."""

    tell: Callable[[dict[str, Any]], None] = lambda event: None
    """How they tell us what became of a message: an event as AWS writes it."""
    words: tuple[Word, ...] = ("sent", "delivered")
    """What they tell of each."""
    are_down: bool = False
    accepted: list[Text] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: count(1))

    def sms(self, operation: str, request: AWSPreparedRequest) -> AWSResponse:
        assert operation == "SendTextMessage", operation
        body = json.loads(request.body)
        text = Text(body["Context"]["reference"], "sms", body["DestinationPhoneNumber"], body["MessageBody"])
        events = [{"eventType": TEXTS[word], "context": body["Context"]} for word in self.words]
        return self._taken(request, text, events)

    def email(self, operation: str, request: AWSPreparedRequest) -> AWSResponse:
        assert operation == "SendEmail", operation
        body = json.loads(request.body)
        tag = body["EmailTags"][0]["Value"]
        content = body["Content"]["Simple"]["Body"]["Text"]["Data"]
        text = Text(untagged(tag), "email", body["Destination"]["ToAddresses"][0], content)
        mail = {"tags": {"reference": [tag]}}
        return self._taken(request, text, [{"eventType": MAILS[word], "mail": mail} for word in self.words])

    def _taken(self, request: AWSPreparedRequest, text: Text, events: list[dict[str, Any]]) -> AWSResponse:
        if self.are_down:
            return refusal(request, "InternalServerException")
        self.accepted.append(text)
        for event in events:
            self.tell(event)
        return respond(request, 200, {"MessageId": f"theirs-{next(self.numbers)}"})
