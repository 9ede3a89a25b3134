"""How invented patients behave: every figure with its source, none of them a promise.

`[D]` marks what was set or fitted by us (docs/decisions/002 says to what); a unit's own patients will differ.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

if TYPE_CHECKING:
    from random import Random

    from chalicelib.domain.pathway import Pathway, Step

PAIN_FACTORS = {"cataract": 0.2, "colonoscopy": 0.2, "tonsillectomy-child": 0.9, "haemorrhoidectomy": 0.9}
"""Beside the usual operation: 0.3 times as much pain, or 1.5 times [D]."""


class AgeGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Adults up to an age: how many they are, and how they answer and can be reached."""

    upto: int
    share: float
    """[D]: day surgery in France, rounded."""
    answers: float
    """Added to the share that answers [D], after Henry Ford: 0.85 of 16 to 32 years, 0.68 of 49 to 59."""
    reachable: float
    """Has a mobile phone and agrees: 0.93 in all (Paris, JAMA Netw Open 2020); 0.98 own a mobile
    (Baromètre du numérique 2024), 0.80 of those aged 75 and more (INSEE 2021)."""


AGES = (
    AgeGroup(32, 0.20, +0.10, 0.97),
    AgeGroup(48, 0.25, 0.0, 0.97),
    AgeGroup(70, 0.37, -0.07, 0.94),
    AgeGroup(120, 0.18, -0.12, 0.82),
)


class Cohort(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How patients, and those who look after them, behave."""

    ages: tuple[AgeGroup, ...] = AGES
    undelivered: float = 0.02
    """The number is wrong; corrected when a nurse has called."""
    opt_out: float = 0.03
    """Say STOP to one of the messages."""
    answer_before: tuple[float, ...] = (0.75, 0.86, 0.90)
    """Before the operation, after the invitation, one reminder, two: 0.83 to 0.95 confirm [D]."""
    answer_after: tuple[float, ...] = (0.70, 0.80, 0.87)
    """On the day after: 0.64 (NSQIP-P) to 0.74, then 0.80, then 0.87 (Rennes, J Med Syst 2019;43:217)."""
    by_day: tuple[tuple[int, float], ...] = ((1, 0.85), (7, 0.70), (14, 0.60), (30, 0.45))
    """How the share that answers falls from day to day; between these days it falls evenly."""
    parents: float = 0.95
    """Where a parent answers for a child, instead of 0.87."""
    delay_median_minutes: float = 15.0
    delay_sigma: float = 1.34
    """Lognormal, from the message that is answered: 85 % within the hour (Rennes)."""
    pain_by_day: tuple[float, ...] = (0.26, 0.21, 0.13, 0.10, 0.09)
    """Scale of 4 or more, day 0 to 4 and later (Maastricht)."""
    pain_factor: float = 0.6
    """[D]: Rouen has 0.05 by text on day 1 where Maastricht has 0.21; fitted to Rennes' alerts by content."""
    severe: float = 0.15
    """Of those in pain, a scale of 7 or more [D]."""
    unwelcome: float = 0.011
    """Each answer that is not the harmless one: with the pain, some 24 content alerts in 100 (Rennes)."""
    grave: float = 0.1
    """How much rarer an answer is that is red by itself (3 red in 100 against 19 orange)."""
    persists: float = 0.60
    """After an advice the complaint is still there (PRO-TECT: 59 % of alerts lead to an action)."""
    answer_again: float = 0.85
    """Answer once more after an advice [D]."""
    patients_per_day: int = 150
    minutes_for_content: float = 5.0
    minutes_for_silence: float = 3.0
    wait_red: float = 10.0
    """Minutes of opening hours until somebody looks, on average: 95 % within half an hour [D]."""
    wait_other: float = 60.0

    def chance(self, pathway: Pathway, step: Step, messages: int) -> float:
        """The share of a unit's patients who have answered after so many messages."""
        shares = self.answer_before if step.phase == "before" else self.answer_after
        share = shares[min(messages, len(shares)) - 1]
        if pathway.answered_by == "parent":
            share *= self.parents / self.answer_after[-1]
        if step.phase == "after":
            share *= self._on(step.timing.day) / self.by_day[0][1]
        return share

    def _on(self, day: int) -> float:
        known = self.by_day
        for (one, before), (other, after) in pairwise(known):
            if day <= other:
                return before + (after - before) * max(day - one, 0) / (other - one)
        return known[-1][1]

    def pain(self, day: int, dice: Random) -> int:
        """A scale from 0 to 10, so many days after the operation."""
        luck, share = dice.random(), self.pain_by_day[min(max(day, 0), len(self.pain_by_day) - 1)]
        share *= self.pain_factor
        if luck < share * self.severe:
            return dice.randint(7, 10)
        return dice.randint(4, 6) if luck < share else dice.randint(0, 3)

    def age_group(self, pathway: Pathway, dice: Random) -> AgeGroup:
        """Of one patient; for a child the parent's phone counts."""
        if pathway.answered_by == "parent":
            return AgeGroup(17, 1.0, 0.0, self.ages[0].reachable)
        luck = dice.random()
        for group in self.ages:
            luck -= group.share
            if luck < 0:
                return group
        return self.ages[-1]

    @property
    def mean_of_ages(self) -> float:
        """What the ages add on average: taken off again, so that all together answer as published."""
        return sum(group.share * group.answers for group in self.ages)


def cohort_for(pathway: Pathway, **changes: float) -> Cohort:
    """The cohort that goes with an operation: some hurt less than others."""
    factor = PAIN_FACTORS.get(pathway.code.partition(".")[0], Cohort().pain_factor)
    return replace(Cohort(), **({"pain_factor": factor} | changes))
