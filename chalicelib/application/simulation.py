"""A flight simulator: invented patients go through a pathway with the real deciders and a simulated clock.

Nothing is stored and nothing leaves. How invented patients behave is said by `Cohort`, whose figures are
fitted to published ones (docs/decisions/002): a unit's own patients will differ.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from chalicelib.domain.episode import Episode, decide, evolve, next_wake
from chalicelib.domain.episode import commands as c
from chalicelib.domain.episode import events as e
from chalicelib.domain.messaging_hours import MessagingHours, Window, instant
from chalicelib.domain.questionnaire import Question, next_question
from chalicelib.domain.rules import Compare, holds, parts_of

if TYPE_CHECKING:
    from random import Random

    from chalicelib.domain.pathway import Pathway, Step
    from chalicelib.domain.rules import Answer, Answers

Habits = dict[str, tuple[list["Answer"], list[float]]]
"""By question: its answers, and how often each is given."""
HOURS = MessagingHours("Europe/Paris", (Window("08:00", "20:00"),) * 7)
DAY = date(2026, 11, 26)
HOUR = timedelta(hours=1)


class Cohort(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How patients behave. Sources: see each figure; none is a promise."""

    reachable: float = 0.93
    """Can get a text and agree to it (Paris, JAMA Netw Open 2020)."""
    undelivered: float = 0.02
    answer_invitation: float = 0.70
    """Of those who get it; 0.64 (NSQIP-P) to 0.74."""
    answer_reminder: tuple[float, ...] = (0.33, 0.35)
    """Of those who had not: 0.80 and 0.87 in all after the first and the second (Rennes)."""
    delay_median_minutes: float = 15.0
    delay_sigma: float = 1.34
    """Lognormal: 85 % within the hour (Rennes)."""
    pain_four: float = 0.13
    """Scale of 4 or more on the day after; 0.05 (Rouen, by text) to 0.21 (Maastricht)."""
    pain_seven: float = 0.02
    unwelcome: float = 0.012
    """Each answer that is not the harmless one: with the pain, some 24 content alerts in 100 (Rennes)."""
    grave: float = 0.1
    """How much rarer an answer is that is red by itself (3 red in 100 against 19 orange)."""
    patients_per_day: int = 150
    minutes_for_content: float = 5.0
    minutes_for_silence: float = 3.0


class Outcome(msgspec.Struct):
    """What happened to a cohort, counted."""

    episodes: int = 0
    asked: int = 0
    """Patients who were sent the questions of the counted step."""
    answered: int = 0
    within_hour: int = 0
    alerts: Counter[str] = msgspec.field(default_factory=Counter)
    """Of the counted step: red and orange by answers, else by what was missing."""
    by_rule: Counter[str] = msgspec.field(default_factory=Counter)
    messages: int = 0
    minutes: float = 0.0


class _Patient:
    """One invented patient on one operation."""

    def __init__(
        self, pathway: Pathway, cohort: Cohort, habits: dict[str, Habits], dice: Random, outcome: Outcome
    ) -> None:
        self.pathway = pathway
        self.counted = _counted(pathway)
        self.habits = habits
        self.cohort = cohort
        self.dice = dice
        self.outcome = outcome
        self.state: Episode | None = None
        self.actions: list[tuple[datetime, int, c.Command]] = []
        self.invited: dict[str, datetime] = {}
        """By step, when the newest message left."""

    def live(self) -> None:
        """From the booking to the end of the follow-up."""
        operation = instant(HOURS.zone, DAY, f"{self.dice.randint(8, 15):02d}:00")
        reachable = self.dice.random() < self.cohort.reachable
        self.do(self._booking(operation, channels=("sms",) if reachable else ()))
        self.plan(c.Admit(at=operation - HOUR))
        self.plan(c.Discharge(at=operation + 5 * HOUR))
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
            as_of=f"{booked:%Y-%m-%dT%H:%M}",
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
        """Something that will be done at its own time."""
        heapq.heappush(self.actions, (command.at, len(self.actions), command))

    def do(self, command: c.Command) -> None:
        """Through the real decider; what comes of it is seen by the patient and counted."""
        for event in decide(self.pathway, self.state, command):
            self.state = evolve(self.state, event)
            self.see(event)

    def see(self, event: e.Event) -> None:
        """A message makes some patients answer."""
        match event:
            case e.StepReleased(at=at, step=step, channels=channels) if channels:
                self.outcome.messages += 1
                self.invited[step] = at
                self._perhaps(step, at, self.cohort.answer_invitation)
            case e.Reminded(at=at, step=step, number=number):
                self.outcome.messages += 1
                self.invited[step] = at
                chances = self.cohort.answer_reminder
                self._perhaps(step, at, chances[min(number, len(chances)) - 1])
            case e.ResponseCompleted(at=at, step=step):
                self._count_answer(step, at)
            case e.AlertRaised():
                self._count_alert(event)
            case _:
                pass

    def _perhaps(self, step: str, at: datetime, chance: float) -> None:
        if any(isinstance(planned[2], c.Submit) for planned in self.actions):
            return
        if self.dice.random() < self.cohort.undelivered:
            self.plan(c.ReportUndelivered(at=at, step=step, notice="simulated", reason="unknown_number"))
        elif self.dice.random() < chance:
            minutes = self.cohort.delay_median_minutes * math.exp(self.dice.gauss(0, self.cohort.delay_sigma))
            answers = _answers(self.pathway.step(step), self.habits[step], self.cohort, self.dice)
            self.plan(c.Submit(at=at + timedelta(minutes=minutes), step=step, answers=answers))

    def _count_answer(self, step: str, at: datetime) -> None:
        if step == self.counted:
            self.outcome.answered += 1
            self.outcome.within_hour += at - self.invited.get(step, at) <= HOUR

    def _count_alert(self, event: e.AlertRaised) -> None:
        outcome, cohort = self.outcome, self.cohort
        silent = event.kind == "silent"
        outcome.minutes += cohort.minutes_for_silence if silent else cohort.minutes_for_content
        if event.step == self.counted:
            outcome.alerts[event.level if event.kind == "answer" else event.kind] += 1
            outcome.by_rule.update(event.rules or (event.kind,))


def _counted(pathway: Pathway) -> str:
    """The first contact afterwards, where there is one: published figures speak of that one."""
    return next((step for step in pathway.steps if step.phase == "after"), pathway.steps[-1]).key


def _answers(step: Step, habits: Habits, cohort: Cohort, dice: Random) -> Answers:
    """What somebody hands in: well, but for what chance adds."""
    answers: Answers = {}
    while (question := next_question(step.questionnaire, answers)) is not None:
        answers[question.link_id] = _answer(question, habits, cohort, dice)
    return answers


def _answer(question: Question, habits: Habits, cohort: Cohort, dice: Random) -> Answer:
    if question.kind == "text":
        return ""
    if question.kind == "scale":
        return _pain(cohort, dice)
    if question.kind == "boolean":
        harmless = question.link_id != "health_change"  # the one yes/no question to which No is harmless
        return harmless if dice.random() > cohort.unwelcome else not harmless
    said, weights = habits[question.link_id]
    return dice.choices(said, weights)[0]


def _habits(pathway: Pathway, cohort: Cohort) -> dict[str, Habits]:
    """By step and question: the answers, and how often each is given."""
    usual = {"choice": _choices, "number": _numbers}
    return {
        step.key: {
            question.link_id: usual[question.kind](step, question, cohort)
            for question in step.questionnaire.questions
            if question.kind in usual
        }
        for step in pathway.steps
    }


def _choices(step: Step, question: Question, cohort: Cohort) -> tuple[list[Answer], list[float]]:
    """Branches are answered evenly."""
    codes: list[Answer] = [option.code for option in question.options]
    is_branch = question.show_when is not None
    usual = 1.0 if is_branch else cohort.unwelcome
    others = [usual * (cohort.grave if _is_grave(step, question.link_id, x) else 1.0) for x in codes[1:]]
    return codes, [1.0 if is_branch else 1.0 - sum(others), *others]


def _numbers(step: Step, question: Question, cohort: Cohort) -> tuple[list[Answer], list[float]]:
    """Whole ones, mostly where no rule holds whatever else is answered."""
    numbers = range(int(question.minimum), int(question.maximum) + 1)
    levels = [_levels(step, question.link_id, number) for number in numbers]
    told = sum(map(bool, levels))
    weights = [
        cohort.unwelcome * (cohort.grave if "red" in level else 1.0) / told
        if level
        else 1.0 / (len(levels) - told)
        for level in levels
    ]
    return list(numbers), weights


def _levels(step: Step, link_id: str, number: int) -> set[str]:
    """Of the rules that say something about this number, and would hold with the right other answers."""
    found: set[str] = set()
    for rule in step.rules:
        parts = parts_of(rule.when)
        about = [part for part in parts if part.question == link_id and isinstance(part, Compare)]
        if about and len(about) == sum(part.question == link_id for part in parts):
            found |= {rule.level} if all(holds(part, {link_id: number}) for part in about) else set()
    return found


def _is_grave(step: Step, link_id: str, code: Answer) -> bool:
    return any(rule.level == "red" and holds(rule.when, {link_id: code}) for rule in step.rules)


def _pain(cohort: Cohort, dice: Random) -> int:
    luck = dice.random()
    if luck < cohort.pain_seven:
        return dice.randint(7, 10)
    return dice.randint(4, 6) if luck < cohort.pain_four else dice.randint(0, 3)


def simulated(pathway: Pathway, cohort: Cohort, dice: Random, count: int) -> Outcome:
    """So many patients, counted. The same dice give the same figures."""
    outcome, habits = Outcome(), _habits(pathway, cohort)
    for _ in range(count):
        patient = _Patient(pathway, cohort, habits, dice, outcome)
        patient.live()
        outcome.episodes += 1
        outcome.asked += pathway.steps[-1].key in patient.invited
    return outcome


def figures(outcome: Outcome, cohort: Cohort) -> dict[str, float]:
    """In the terms in which studies report: of those who were asked; and the whole unit's day."""
    asked, episodes = outcome.asked or 1, outcome.episodes or 1
    content, silent = outcome.alerts["red"] + outcome.alerts["orange"], outcome.alerts["silent"]
    return {
        "answered": round(outcome.answered / asked, 3),
        "within_hour": round(outcome.within_hour / (outcome.answered or 1), 3),
        "alerts_per_100": round(100 * (content + silent) / asked, 1),
        "content_per_100": round(100 * content / asked, 1),
        "red_per_100": round(100 * outcome.alerts["red"] / asked, 1),
        "silent_per_100": round(100 * silent / asked, 1),
        "not_reached_per_100": round(100 * (outcome.alerts.total() - content - silent) / episodes, 1),
        "messages_per_patient": round(outcome.messages / episodes, 2),
        "nurse_minutes_per_day": round(cohort.patients_per_day * outcome.minutes / episodes, 1),
    }
