"""Play commands against the decider, as `handle` does."""

from __future__ import annotations

from dataclasses import dataclass, field

from chalicelib.domain import outgoing
from chalicelib.domain.episode import Command, Episode, Event, decide, evolve, next_wake
from chalicelib.domain.episode.commands import Wake
from chalicelib.domain.errors import DomainError
from chalicelib.domain.notice import Notice
from chalicelib.domain.outgoing import Report
from chalicelib.domain.pathway import Pathway
from tests.examples import PATHWAY


@dataclass
class History:
    """A log, the state that it amounts to, and what had to leave because of it."""

    pathway: Pathway = PATHWAY
    events: list[Event] = field(default_factory=list)
    state: Episode | None = None
    notices: list[Notice] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)

    def do(self, *commands: Command) -> list[Event]:
        """Carry the commands out; returns the events of the last one."""
        new: tuple[Event, ...] = ()
        for command in commands:
            new = decide(self.pathway, self.state, command)
            self._keep(new)
        return list(new)

    def attempt(self, command: Command) -> list[Event]:
        """Carry out a command that may be impossible."""
        try:
            return self.do(command)
        except DomainError:
            return []

    def wake_until(self, until) -> History:
        """Let the alarm clock ring at each of its times."""
        while self.state and (due := next_wake(self.pathway, self.state)) and due <= until:
            self.do(Wake(at=due))
        return self

    def kinds(self) -> list[str]:
        return [type(event).__name__ for event in self.events]

    def _keep(self, new: tuple[Event, ...]) -> None:
        before, state = self.state, self.state
        for event in new:
            state = evolve(state, event)
        self.state = state
        self.events += new
        if state is not None and new:
            self.notices += outgoing.notices(self.pathway, before, state, new)
            self.reports += outgoing.reports(new)
