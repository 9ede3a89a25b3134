"""Who carries the next message: weighted choice, damped fail-over, and a breaker for each provider.

    closed ──more than 50 errors in 60 s,──▶ open ──30 s──▶ one probe ──carried──▶ closed
             or 10 in a row                   ▲                 └──error──▶ another one 30 s later

The first rule is for a provider that fails now and then in a surge; the second one for a hospital that sends
too little to ever see 50 errors in a minute.

A provider that opens gives 10 points of its weight to another one, at most once a minute; every 15
minutes 10 points drift back. Moving little and seldom keeps two providers from swinging to and fro.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

ERRORS = 50
IN_A_ROW = 10
WINDOW = timedelta(seconds=60)
PROBE_EVERY = timedelta(seconds=30)
POINTS = 10
MOVE_EVERY = timedelta(minutes=1)
DRIFT_EVERY = timedelta(minutes=15)


class Carrier(msgspec.Struct, frozen=True):
    """One provider, as it does at one hospital for one country."""

    name: str
    share: int
    """The points that the operator gave it."""
    weight: int
    """The points that it has now."""
    errors: int = 0
    counted_since: datetime | None = None
    in_a_row: int = 0
    """Errors since it last carried something."""
    opened_at: datetime | None = None
    probed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Nothing goes through it but a probe."""
        return self.opened_at is not None


class Carriers(msgspec.Struct, frozen=True):
    """All providers of one channel at one hospital for one country."""

    all: tuple[Carrier, ...]
    moved_at: datetime | None = None
    """When weights last changed, or an open provider closed: drifting is counted from here."""

    def named(self, name: str) -> Carrier:
        """The one with this name."""
        return next(carrier for carrier in self.all if carrier.name == name)


class Choice(msgspec.Struct, frozen=True):
    """Who carries this message."""

    name: str
    is_probe: bool = False
    """Its provider is open: this one message tries whether it works again."""


def started(shares: Mapping[str, int]) -> Carriers:
    """As the operator wants it, before anything has happened."""
    return Carriers(tuple(Carrier(name, share, share) for name, share in shares.items()))


def in_force(stored: Carriers | None, shares: Mapping[str, int], at: datetime) -> Carriers:
    """What holds now: what is stored with what has drifted back; a new start where shares have changed."""
    if stored is None or {carrier.name: carrier.share for carrier in stored.all} != dict(shares):
        return started(shares)
    return drifted(stored, at)


def choose(carriers: Carriers, at: datetime, luck: float, attempt: int = 1) -> Choice | None:
    """Who carries a message, or None: nobody does at present.

    `luck`: a number from 0 to below 1, the same for all attempts of a message; each attempt then goes to
    another provider than the one before, as far as there is one. What was refused once is no probe while
    somebody works: the same message could be the probe each time, and never leave.
    """
    left = [carrier for carrier in carriers.all if not carrier.is_open]
    waiting = [c for c in carriers.all if c.probed_at is not None and at - c.probed_at >= PROBE_EVERY]
    if waiting and (attempt == 1 or not left):
        return Choice(waiting[0].name, is_probe=True)
    if not left:
        return None
    for _ in range((attempt - 1) % len(left)):
        left.remove(_drawn(left, luck))
    return Choice(_drawn(left, luck).name)


def with_probe(carriers: Carriers, name: str, at: datetime) -> Carriers:
    """A probe is on its way: the next one not before `PROBE_EVERY`."""
    return _with(carriers, replace(carriers.named(name), probed_at=at))


def with_success(carriers: Carriers, choice: Choice, at: datetime) -> Carriers:
    """Carried: a row of errors ends. Only a probe closes an open provider; its points drift home from now."""
    carrier = carriers.named(choice.name)
    if choice.is_probe:
        closed = _with(carriers, replace(carrier, opened_at=None, probed_at=None))
        return replace(closed, moved_at=at)
    return _with(carriers, replace(carrier, in_a_row=0))


def with_failure(carriers: Carriers, name: str, at: datetime) -> Carriers:
    """Not carried, and not because of the patient's number."""
    carrier = carriers.named(name)
    if carrier.is_open:
        return carriers
    counted = _counted(carrier, at)
    if counted.errors <= ERRORS and counted.in_a_row < IN_A_ROW:
        return _with(carriers, counted)
    opened = replace(carrier, errors=0, counted_since=None, in_a_row=0, opened_at=at, probed_at=at)
    return _relieved(_with(carriers, opened), name, at)


def _counted(carrier: Carrier, at: datetime) -> Carrier:
    since, in_a_row = carrier.counted_since, carrier.in_a_row + 1
    if since is None or at - since >= WINDOW:
        return replace(carrier, errors=1, counted_since=at, in_a_row=in_a_row)
    return replace(carrier, errors=carrier.errors + 1, in_a_row=in_a_row)


def drifted(carriers: Carriers, at: datetime) -> Carriers:
    """With the points that have come home since weights last changed; an open provider gets none yet."""
    if carriers.moved_at is None:
        return carriers
    drift = carriers
    for _ in range((at - carriers.moved_at) // DRIFT_EVERY):
        drift = _one_drift(drift)
    return carriers if drift == carriers else replace(drift, moved_at=at)


def _one_drift(carriers: Carriers) -> Carriers:
    poor = [c for c in carriers.all if not c.is_open and c.weight < c.share]
    rich = [c for c in carriers.all if c.weight > c.share]
    if not poor or not rich:
        return carriers
    giver, taker = rich[0], poor[0]
    points = min(POINTS, giver.weight - giver.share, taker.share - taker.weight)
    return _moved(carriers, giver, taker, points)


def _relieved(carriers: Carriers, name: str, at: datetime) -> Carriers:
    heirs = [carrier for carrier in carriers.all if not carrier.is_open]
    too_soon = carriers.moved_at is not None and at - carriers.moved_at < MOVE_EVERY
    giver = carriers.named(name)
    if not heirs or too_soon or not giver.weight:
        return carriers
    heir = max(heirs, key=lambda carrier: carrier.weight)
    return replace(_moved(carriers, giver, heir, min(POINTS, giver.weight)), moved_at=at)


def _moved(carriers: Carriers, giver: Carrier, taker: Carrier, points: int) -> Carriers:
    lighter = _with(carriers, replace(giver, weight=giver.weight - points))
    return _with(lighter, replace(taker, weight=taker.weight + points))


def _with(carriers: Carriers, carrier: Carrier) -> Carriers:
    return replace(carriers, all=tuple(carrier if c.name == carrier.name else c for c in carriers.all))


def _drawn(carriers: list[Carrier], luck: float) -> Carrier:
    """The one in whose part of the whole weight the number falls; without any weight, all are alike."""
    weights = [carrier.weight for carrier in carriers]
    if not any(weights):
        weights = [1] * len(carriers)
    mark = luck * sum(weights)
    for carrier, weight in zip(carriers, weights, strict=True):
        if mark < weight:
            return carrier
        mark -= weight
    return carriers[-1]
