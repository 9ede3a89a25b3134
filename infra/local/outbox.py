"""Every message that left, whichever way: texts from the gateway, e-mails from the emulator's SES."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import Any

from infra.local.installation import FORMAT, Installation

PREFIX = "out#"


@dataclass
class Outbox:
    """The list, oldest first, kept beside the data."""

    installation: Installation
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _messages: list[dict[str, Any]] = field(default_factory=list)

    def load(self) -> None:
        """Read what an earlier run has kept."""
        self._messages = list(self.installation.recall(PREFIX).values())

    def add_text(self, to: str, text: str, reference: str) -> str:
        """A text message has left; returns its id."""
        with self._lock:
            return self._add({"channel": "sms", "to": to, "text": text, "reference": reference})

    def set_status(self, message: str, status: str) -> None:
        """What became of a message."""
        with self._lock:
            for number, known in enumerate(self._messages):
                if known["id"] == message:
                    known["status"] = status
                    self.installation.remember(_name(number), known)

    def collect(self) -> None:
        """Take over the e-mails that SES has got since the last time."""
        with self._lock:
            known = {message.get("ses") for message in self._messages}
            for mail in self._mails():
                if mail["MessageId"] not in known:
                    self._add(
                        {
                            "channel": "email",
                            "to": ", ".join(mail["To"]),
                            "subject": mail["Subject"],
                            "text": mail["BodyText"],
                            "ses": mail["MessageId"],
                        }
                    )

    def listed(self) -> list[dict[str, Any]]:
        """All messages, oldest first."""
        self.collect()
        with self._lock:
            return [dict(message) for message in self._messages]

    def _add(self, message: dict[str, Any]) -> str:
        number = len(self._messages)
        made = {"id": f"m{number + 1:05d}", "at": f"{self.installation.now():{FORMAT}}"} | message
        self._messages.append(made)
        self.installation.remember(_name(number), made)
        return str(made["id"])

    def _mails(self) -> list[dict[str, Any]]:
        answer = json.loads(self.installation.emulator.get("/_ministack/ses/messages"))
        return [mail for mails in answer["messages"].values() for mail in mails]


def _name(number: int) -> str:
    return f"{PREFIX}{number:06d}"
