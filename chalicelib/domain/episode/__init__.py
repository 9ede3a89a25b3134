"""The episode: one patient, one operation, one pathway version, from booking to end.

Read in this order: commands, events, state, decide, evolve, schedule.
"""

from chalicelib.domain.episode.commands import Command
from chalicelib.domain.episode.decide import decide
from chalicelib.domain.episode.events import Event
from chalicelib.domain.episode.evolve import evolve, fold
from chalicelib.domain.episode.schedule import next_wake
from chalicelib.domain.episode.state import Alert, Episode, StepState

__all__ = [
    "Alert",
    "Command",
    "Episode",
    "Event",
    "StepState",
    "decide",
    "evolve",
    "fold",
    "next_wake",
]
