"""Sessions, links and the audit on DynamoDB. What expires has a TTL; expiry is also checked in code."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

import msgspec
from pynamodb.exceptions import DoesNotExist

from chalicelib.adapters import keys
from chalicelib.adapters.tables import Item, packed
from chalicelib.application import sessions
from chalicelib.application.records import Link, Session


class Access(sessions.Access):
    """The access table."""

    def __init__(self, items: type[Item]) -> None:
        """`items`: the access table."""
        self.items = items

    def session(self, hospital: str, key: str) -> Session | None:
        """The session."""
        found = self._get(f"TEN#{hospital}|SES#{key}", "SESSION")
        return None if found is None else msgspec.json.decode(found.body, type=Session)

    def save_session(self, session: Session, expires_at: datetime) -> None:
        """Begin a session, or note that it was used."""
        self.items(
            f"TEN#{session.hospital}|SES#{session.key}",
            "SESSION",
            body=packed(session),
            expires=int(expires_at.timestamp()),
        ).save()

    def end_session(self, hospital: str, key: str) -> None:
        """Forget a session."""
        self.items(f"TEN#{hospital}|SES#{key}", "SESSION").delete()

    def link(self, hospital: str, key: str) -> Link | None:
        """The link, with the attempts that failed."""
        found = self._get(_link(hospital, key), "LINK")
        if found is None or found.body is None:
            return None
        link = msgspec.json.decode(found.body, type=Link)
        return msgspec.structs.replace(link, tries=frozenset(found.tries or ()))

    def save_link(self, link: Link) -> None:
        """Put a link."""
        link_item(self.items, link).save()

    def add_try(self, hospital: str, key: str, attempt: str) -> int:
        """Note a failed attempt. A set: the same attempt noted twice counts once."""
        item = self.items(_link(hospital, key), "LINK")
        item.update(actions=[self.items.tries.add({attempt})])
        return len(item.tries or ())

    def seen(self, hospital: str, member: str, what: str, at: datetime) -> None:
        """One line of the audit."""
        self.items(
            f"TEN#{hospital}|AUD#{at.date().isoformat()}",
            f"{keys.stamp(at)}|{member}|{what}|{secrets.token_hex(4)}",
        ).save()

    def _get(self, pk: str, sk: str) -> Any:
        try:
            return self.items.get(pk, sk, consistent_read=True)
        except DoesNotExist:
            return None


def link_item(items: type[Item], link: Link) -> Item:
    """A link as an item."""
    return items(
        _link(link.hospital, link.key),
        "LINK",
        body=packed(link),
        expires=int(link.expires_at.timestamp()),
    )


def _link(hospital: str, key: str) -> str:
    return f"TEN#{hospital}|LINK#{key}"
