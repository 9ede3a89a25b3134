"""The port for sessions and links: what shows who somebody is."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from chalicelib.application.records import Link, Session


class Access(Protocol):
    """Sessions and links."""

    def session(self, hospital: str, key: str) -> Session | None:
        """The session, or None. Expiry is the caller's to judge."""

    def save_session(self, session: Session, expires_at: datetime) -> None:
        """Begin a session, or note that it was used."""

    def end_session(self, hospital: str, key: str) -> None:
        """Forget a session; ending it twice does no harm."""

    def link(self, hospital: str, key: str) -> Link | None:
        """The link, or None."""

    def save_link(self, link: Link) -> None:
        """Put a link, replacing one with the same key."""

    def add_try(self, hospital: str, key: str, attempt: str) -> int:
        """Note a failed attempt by its id and return how many there are; noting it twice counts once."""

    def seen(self, hospital: str, member: str, what: str, at: datetime) -> None:
        """The audit: who looked at what, when."""
