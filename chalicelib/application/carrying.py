"""Hand a message to one of several providers, and remember who fails: `domain.carriers` decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

from chalicelib.application import ports
from chalicelib.application.ports import Conflict, OutcomeUnknown, Refused
from chalicelib.domain import carriers as c
from chalicelib.domain.numbers import dialling_code, is_allowed

if TYPE_CHECKING:
    from chalicelib.application.ports import Envelope, Provider

TRIES = 5
"""How often a change is decided anew when somebody else has changed the same state."""


class CarrierStates(Protocol):
    """How providers do, for each hospital and route (a channel and a country)."""

    def read(self, hospital: str, route: str) -> tuple[c.Carriers | None, int]:
        """The state and its version, some seconds old at most; nothing and 0 where none is known."""

    def save(self, hospital: str, route: str, carriers: c.Carriers, expected: int) -> None:
        """Put the state if it still has this version; raises `Conflict`, and is read anew then."""


class Carrying(ports.Provider):
    """A provider made of providers: each hospital and country has its own weights and breakers."""

    name = "carrying"

    def __init__(
        self,
        channel: str,
        providers: Mapping[str, Provider],
        shares: Mapping[str, int],
        states: CarrierStates,
        now: Callable[[], datetime],
        countries: tuple[str, ...] = (),
    ) -> None:
        """`shares`: each provider's points, by name; `countries`: dialling codes; none: all may be used."""
        self.channel = channel
        self.providers = providers
        self.shares = shares
        self.states = states
        self.now = now
        self.countries = countries

    def send(self, envelope: Envelope) -> str:
        """Hand it over to the one chosen; the provider's id comes back behind the provider's name.

        An error for good concerns the patient's number, so it does not count against the provider.
        """
        if not is_allowed(envelope.to, self.countries):
            raise Refused("country_not_allowed", for_good=True)
        hospital = envelope.reference.partition("|")[0]
        place = (hospital, f"{self.channel}#{dialling_code(envelope.to)}")
        choice = self._chosen(place, envelope)
        try:
            theirs = self.providers[choice.name].send(envelope)
        except Refused as refusal:
            if refusal.for_good:
                self._note(place, lambda now: c.with_success(now, choice, self.now()))
            else:
                self._note(place, lambda now: c.with_failure(now, choice.name, self.now()))
            raise
        except OutcomeUnknown:
            self._note(place, lambda now: c.with_failure(now, choice.name, self.now()))
            raise
        self._note(place, lambda now: c.with_success(now, choice, self.now()))
        return f"{choice.name}:{theirs}"

    def _chosen(self, place: tuple[str, str], envelope: Envelope) -> c.Choice:
        """A probe is noted before it leaves, so that it is the only one."""
        for _ in range(TRIES):
            stored, version = self.states.read(*place)
            at = self.now()
            state = c.in_force(stored, self.shares, at)
            choice = c.choose(state, at, _luck(envelope.reference), envelope.attempt)
            if choice is None:
                break
            if not choice.is_probe or self._saved(place, c.with_probe(state, choice.name, at), version):
                return choice
        raise Refused("no_carrier", for_good=not self.shares)

    def _note(self, place: tuple[str, str], change: Callable[[c.Carriers], c.Carriers]) -> None:
        """Nothing is written where nothing changes, which is so for nearly every message that is carried."""
        for _ in range(TRIES):
            stored, version = self.states.read(*place)
            state = c.in_force(stored, self.shares, self.now())
            changed = change(state)
            if changed == state or self._saved(place, changed, version):
                return

    def _saved(self, place: tuple[str, str], state: c.Carriers, version: int) -> bool:
        try:
            self.states.save(*place, state, version)
        except Conflict:
            return False
        return True


def _luck(reference: str) -> float:
    """A number from 0 to below 1 that is the same for all attempts of a notice."""
    return int.from_bytes(sha256(reference.encode()).digest()[:4]) / 2**32
