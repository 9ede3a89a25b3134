"""A version as a sheet to read and sign: everything it says, in the order in which a patient meets it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from chalicelib import bootstrap
from chalicelib.domain.explain import in_language
from chalicelib.domain.findings import N_
from chalicelib.domain.sentences import in_words, name_in_words, number_in_words
from chalicelib.entrypoints import pathways_view

if TYPE_CHECKING:
    from chalicelib.domain.pathway import Instructions, Pathway, Step, WordList
    from chalicelib.domain.questionnaire import Question
    from chalicelib.domain.rules import Rule
    from chalicelib.entrypoints.http import Call
    from chalicelib.entrypoints.pathways_view import Shown

MARK = re.compile(r"\{(\w+)\}")
MARKS = {
    "arrival": N_("time of arrival"),
    "phone": N_("the unit’s number"),
    "unit": N_("the unit’s name"),
    "day": N_("day"),
    "time": N_("time"),
    "link": N_("link"),
    "solids_until": N_("last time for food"),
    "heavy_meal_until": N_("last time for a heavy meal"),
    "light_meal_until": N_("last time for a light meal"),
    "formula_until": N_("last time for infant formula"),
    "breast_milk_until": N_("last time for breast milk"),
    "fluids_until": N_("last time for clear drinks"),
}
"""What stands in a text for something that is only known of one patient."""
KINDS = ("invite", "reminder")


def context(call: Call, one: Shown, language: str) -> dict[str, Any]:
    """Everything on the sheet."""
    document, unit = one.document, call.world.catalogue.units(call.member.hospital)[0]
    cited: dict[str, int] = {}
    reader = _Reader(call, document, language, cited)
    return pathways_view.heading(call, one, language) | {
        "hospital": unit.hospital_name,
        "document": document,
        "version": one.version,
        "contacts": [reader.contact(step) for step in document.steps],
        "expected": [
            {
                "days": (days.from_day, days.to_day),
                "normal": reader.listed(days.normal_today),
                "worry": reader.listed(days.when_to_worry),
                "source": reader.cite(days.source),
            }
            for days in document.expected
        ],
        "cited": cited,
    }


class _Reader:
    """Reads a document aloud in one language; names stand where a patient's own times would."""

    def __init__(self, call: Call, document: Pathway, language: str, cited: dict[str, int]) -> None:
        self.call, self.language, self.cited = call, language, cited
        self.spoken = language if language in document.languages else document.languages[0]
        pages = bootstrap.pages()
        self.marks = {name: pages.words(words, language) for name, words in MARKS.items()}

    def said(self, words: dict[str, str] | None, names: dict[str, str] | None = None) -> str:
        """The words, with what stands for a patient's own facts in brackets."""
        known = self.marks | (names or {})
        text = in_language(words or {}, self.spoken)
        return MARK.sub(lambda mark: f"[{known.get(mark[1], mark[1])}]", text)

    def listed(self, words: WordList) -> list[str]:
        return [self.said({self.spoken: line}) for line in words.get(self.spoken) or ()]

    def cite(self, source: str) -> int:
        """The number under which the sheet's last page names the source; 0 for none."""
        return self.cited.setdefault(source, len(self.cited) + 1) if source else 0

    def contact(self, step: Step) -> dict[str, Any]:
        """One contact with all that it says and asks."""
        return {
            "key": step.key,
            "title": self.said(step.title) or step.key,
            "phase": step.phase,
            "timing": step.timing,
            "also_on": step.also_on,
            "messages": [self._message(step, kind) for kind in KINDS],
            "told": None if step.instructions is None else self._told(step.instructions),
            "questions": [self._question(question, step) for question in step.questionnaire.questions],
            "scores": [
                {
                    "name": self.said(score.short) or score.key,
                    "of": [name_in_words(name, step, self.language) for name in score.of],
                    "may_miss": score.may_miss,
                    "source": self.cite(score.source),
                }
                for score in step.questionnaire.scores
            ],
            "rules": [self._rule(rule, step) for rule in _reds_first(step.rules)],
        }

    def _message(self, step: Step, kind: str) -> tuple[str, str]:
        """The team's own words, or the usual ones."""
        own = step.messages.get(kind, {}).get(self.spoken, "")  # type: ignore[call-overload]
        usual = self.call.world.catalogue.wording("sms", f"{kind}_{step.phase}", self.spoken)["text"]
        return kind, self.said({self.spoken: own or usual})

    def _told(self, told: Instructions) -> dict[str, Any]:
        return {
            "intro": self.said(told.intro),
            "fasting": told.fasting,
            "source": self.cite(told.fasting.source) if told.fasting else 0,
            "do": self.listed(told.do),
            "dont": self.listed(told.dont),
            "bring": self.listed(told.bring),
        }

    def _question(self, question: Question, step: Step) -> dict[str, Any]:
        limits = (question.minimum, question.maximum)
        return {
            "text": self.said(question.text) or question.link_id,
            "help": self.said(question.help),
            "kind": question.kind,
            "options": [self.said(option.text) or option.code for option in question.options],
            "limits": [number_in_words(limit, question.unit, self.language) for limit in limits],
            "ends": [self.said(question.low), self.said(question.high)],
            "when": in_words(question.show_when, step, self.language) if question.show_when else "",
            "required": question.required,
        }

    def _rule(self, rule: Rule, step: Step) -> dict[str, Any]:
        names = {q.link_id: in_language(q.short, self.spoken) for q in step.questionnaire.questions}
        again = rule.ask_again
        return {
            "level": rule.level,
            "when": in_words(rule.when, step, self.language),
            "reason": self.said(rule.reason, names),
            "advice": self.said(rule.advice),
            "call": rule.call,
            "again": None
            if again is None
            else (
                again.after_minutes,
                [name_in_words(name, step, self.language) for name in again.questions],
            ),
            "source": self.cite(rule.source),
        }


def _reds_first(rules: tuple[Rule, ...]) -> list[Rule]:
    return sorted(rules, key=lambda rule: rule.level != "red")
