"""A flight simulator: invented patients go through a pathway with the real deciders and a simulated clock.

Nothing is stored and nothing leaves. `Cohort` says how the invented patients behave. The same seed gives each
patient the same luck in every version of a pathway, so that two versions can be compared.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from zlib import crc32

import msgspec

from chalicelib.application.invented_answers import answered, habits
from chalicelib.domain.episode import Episode, decide, evolve, next_wake
from chalicelib.domain.episode import commands as c
from chalicelib.domain.episode import events as e
from chalicelib.domain.episode.alerting import earlier
from chalicelib.domain.messaging_hours import MessagingHours, Window, instant, local, next_open
from chalicelib.domain.rules import Answers, Earlier

if TYPE_CHECKING:
    from chalicelib.application.cohort import Cohort
    from chalicelib.domain.pathway import Pathway

HOURS = MessagingHours("Europe/Paris", (Window("08:00", "20:00"),) * 7)
DAY = date(2026, 11, 26)
HOUR = timedelta(hours=1)
NURSE = "nurse"
MOST_SEEDS = 1_000_003
MOST_MESSAGES = 4


class Contact(msgspec.Struct):
    """What came of one step."""

    asked: int = 0
    """Patients who were sent the message."""
    answered: int = 0
    within_hour: int = 0
    """Of those, within the hour of the newest message, as the unit sees it."""
    alerts: Counter[str] = msgspec.field(default_factory=Counter)
    """Red and orange by answers, else by what was missing."""
    by_rule: Counter[str] = msgspec.field(default_factory=Counter)

    def add(self, other: Contact) -> None:
        """Count others with these."""
        _add(self, other)


class Given(msgspec.Struct, frozen=True):
    """One response that was handed in, as the rules see it."""

    step: str
    answers: Answers
    earlier: Earlier


class Outcome(msgspec.Struct):
    """What happened to a cohort, counted."""

    episodes: int = 0
    messages: int = 0
    escalated: int = 0
    advised: int = 0
    """Told what to do first, and asked again."""
    contacts: dict[str, Contact] = {}
    calls: Counter[int] = msgspec.field(default_factory=Counter)
    """A nurse's calls about answers, by hour of the day; `short_calls`: those about their absence."""
    short_calls: Counter[int] = msgspec.field(default_factory=Counter)
    given: list[Given] = []

    def add(self, other: Outcome) -> None:
        """Count another cohort with this one."""
        for key, contact in self.contacts.items():
            contact.add(other.contacts[key])
        _add(self, other)


def _add(one: msgspec.Struct, other: msgspec.Struct) -> None:
    for name in one.__struct_fields__:
        if name != "contacts":
            setattr(one, name, getattr(one, name) + getattr(other, name))


class _Flight:
    """What all patients of one run have in common."""

    def __init__(self, pathway: Pathway, cohort: Cohort, *, keeps_answers: bool) -> None:
        self.pathway = pathway
        self.keeps_answers = keeps_answers
        self.cohort = cohort
        self.steps = {step.key: step for step in pathway.steps}
        self.habits = habits(pathway, cohort)
        self.dice = Random()
        """One after the other, each patient seeds it."""
        self.outcome = Outcome(contacts={key: Contact() for key in self.steps}, given=[])
        messages = range(1, MOST_MESSAGES + 1)
        self.chances = {
            step.key: [cohort.chance(pathway, step, number) for number in messages] for step in pathway.steps
        }
        self.mean_of_ages = 0.0 if pathway.answered_by == "parent" else cohort.mean_of_ages


class _Patient:
    """One invented patient on one operation."""

    def __init__(self, flight: _Flight, seed: int) -> None:
        self.flight = flight
        self.pathway = flight.pathway
        self.cohort = flight.cohort
        self.outcome = flight.outcome
        self.seed = seed
        self.dice = flight.dice
        self.dice.seed(seed)
        self.age = self.cohort.age_group(self.pathway, self.dice)
        self.number_is_wrong = self.dice.random() < self.cohort.undelivered
        self.state: Episode | None = None
        self.actions: list[tuple[datetime, int, c.Command]] = []
        self.planned = 0
        self.luck: dict[str, float] = {}
        """By step: who is lucky answers the first message."""
        self.answering: set[str] = set()
        self.newest: dict[str, datetime] = {}
        """By step, when the newest message left."""

    def live(self) -> None:
        """From the booking to the end of the follow-up."""
        operation = instant(HOURS.zone, DAY, f"{self.dice.randint(8, 15):02d}:00")
        reachable = self.dice.random() < self.age.reachable
        self.do(self._booking(operation, channels=("sms",) if reachable else ()))
        self.plan(c.Admit(at=operation - HOUR))
        self.plan(c.Discharge(at=operation + 5 * HOUR + timedelta(days=self.pathway.stay_days)))
        while (state := self.state) is not None and state.ended_at is None:
            wake = next_wake(self.pathway, state)
            if self.actions and (wake is None or self.actions[0][0] <= wake):
                self.do(heapq.heappop(self.actions)[2])
            elif wake is not None:
                self.do(c.Wake(at=wake))
            else:
                return

    def _booking(self, operation: datetime, channels: tuple[c.Channel, ...]) -> c.Book:
        booked = operation - timedelta(days=10)
        return c.Book(
            at=booked,
            as_of=booked.isoformat(),
            patient="invented",
            pathway=self.pathway.code,
            pathway_version=self.pathway.version,
            unit="UNIT",
            hours=HOURS,
            operation_at=operation,
            arrival_at=operation - timedelta(minutes=90),
            channels=channels,
        )

    def plan(self, command: c.Command) -> None:
        """Something that will be done at its own time; of two at once the one planned first."""
        self.planned += 1
        heapq.heappush(self.actions, (command.at, self.planned, command))

    def do(self, command: c.Command) -> None:
        """Through the real decider; what comes of it is seen by the patient and counted."""
        for event in decide(self.pathway, self.state, command):
            self.state = evolve(self.state, event)
            self.see(event)

    def see(self, event: e.Event) -> None:
        """What people do about it, and what is counted."""
        match event:
            case e.StepReleased(at=at, step=step, channels=channels) if channels:
                self._invited(step, at)
            case e.Reminded(at=at, step=step, number=number):
                self._told(step, at, number + 1)
            case e.AskedAgain(at=at, step=step, questions=questions):
                self._asked_again(step, at, questions)
            case e.ResponseCompleted(at=at, step=step, round=1):
                self._answered(step, at)
            case e.AlertRaised():
                self._raised(event)
            case e.AlertResolved(at=at, alert=alert, by=by) if by is not None:
                self._called(alert, at)
            case e.AlertEscalated():
                self.outcome.escalated += 1
            case e.AdviceGiven():
                self.outcome.advised += 1
            case _:
                pass

    def _invited(self, step: str, at: datetime) -> None:
        # So that what one contact is like does not change the luck of the others.
        self.dice.seed((self.seed << 32) + crc32(step.encode()))
        self.contact(step).asked += 1
        self.luck[step] = self.dice.random() - self.age.answers + self.flight.mean_of_ages
        if self.dice.random() < self.cohort.opt_out / len(self.pathway.steps):
            self.plan(c.ChangeChannels(at=at + HOUR, channels=()))
            self.luck[step] = math.inf
        self._told(step, at, 1)

    def _told(self, step: str, at: datetime, messages: int) -> None:
        self.outcome.messages += 1
        self.newest[step] = at
        if self.number_is_wrong:
            self.plan(c.ReportUndelivered(at=at, step=step, notice="invented", reason="unknown_number"))
        elif step not in self.answering:
            chances = self.flight.chances[step]
            if self.luck[step] < chances[min(messages, MOST_MESSAGES) - 1]:
                self.answering.add(step)
                self._answer(step, at, {})

    def _answer(self, step: str, at: datetime, known: Answers) -> None:
        minutes = self.cohort.delay_median_minutes * math.exp(self.dice.gauss(0, self.cohort.delay_sigma))
        usual = self.flight.habits[step]
        answers = answered(self.flight.steps[step], usual, self.cohort, self.dice, known)
        self.plan(c.Submit(at=at + timedelta(minutes=minutes), step=step, answers=answers))

    def _asked_again(self, step: str, at: datetime, questions: tuple[str, ...]) -> None:
        self.outcome.messages += 1
        if self.dice.random() < self.cohort.answer_again and self.state is not None:
            said = self.state.step(step).answers
            if self.dice.random() >= self.cohort.persists:
                said = {link_id: answer for link_id, answer in said.items() if link_id not in questions}
            self._answer(step, at, said)

    def _answered(self, step: str, at: datetime) -> None:
        contact = self.contact(step)
        contact.answered += 1
        contact.within_hour += at - self.newest.get(step, at) <= HOUR
        if self.flight.keeps_answers and self.state is not None:
            now = self.state.step(step).answers
            self.outcome.given.append(Given(step, now, earlier(step, self.state)))

    def _raised(self, event: e.AlertRaised) -> None:
        contact = self.contact(event.step)
        contact.alerts[event.level if event.kind == "answer" else event.kind] += 1
        contact.by_rule.update(event.rules or (event.kind,))
        wait = self.cohort.wait_red if event.level == "red" else self.cohort.wait_other
        opens = next_open(HOURS, event.at)
        looks = next_open(HOURS, opens + timedelta(minutes=self.dice.expovariate(1 / wait)))
        self.plan(c.ResolveAlert(at=looks, alert=event.alert, by=NURSE, outcome="reassured"))

    def _called(self, alert: str, at: datetime) -> None:
        known = self.state and self.state.alert(alert)
        if not known:
            return
        self.number_is_wrong &= known.kind != "undelivered"
        calls = self.outcome.calls if known.kind == "answer" else self.outcome.short_calls
        calls[local(HOURS.zone, at).hour] += 1

    def contact(self, step: str) -> Contact:
        """What is counted of a step."""
        return self.outcome.contacts[step]


def simulated(
    pathway: Pathway, cohort: Cohort, seed: int, count: int, first: int = 0, *, keeps_answers: bool = False
) -> Outcome:
    """So many patients of an unfolded pathway, from the `first` on: the same seed, the same figures."""
    flight = _Flight(pathway, cohort, keeps_answers=keeps_answers)
    for number in range(first, first + count):
        _Patient(flight, seed * MOST_SEEDS + number).live()
    flight.outcome.episodes = count
    return flight.outcome
