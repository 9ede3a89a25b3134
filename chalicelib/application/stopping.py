"""A patient wants no more of our messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.application.handle import handle
from chalicelib.domain.episode.commands import ChangeChannels

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.application.world import World


def stop_mail(world: World, hospital: str, episode: str, at: datetime) -> None:
    """No more e-mail of this follow-up. Where no other way is left, its next step goes to a nurse at once."""
    row = world.care.row(hospital, episode)
    if row is None or row.state.ended_at is not None:
        return
    left = tuple(channel for channel in row.state.channels if channel != "email")
    handle(world, hospital, episode, ChangeChannels(at=at, channels=left))
