"""Reasons in words: what an alert says, from the rule that the team wrote and the answers given."""

from __future__ import annotations

from datetime import date

from chalicelib.domain.episode.state import Alert
from chalicelib.domain.pathway import Pathway, Step
from chalicelib.domain.questionnaire import Question
from chalicelib.domain.rules import Answer, Answers, Rule, Words

YES: Words = {"fr": "oui", "en": "yes"}
NO: Words = {"fr": "non", "en": "no"}


COMMA = frozenset({"de", "es", "fr", "it", "nl", "pl", "pt", "ro", "ru", "tr", "uk"})
"""Languages that write 37,5."""
MONTHS = {
    "fr": ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
           "novembre", "décembre"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
}  # fmt: skip


def in_language(words: Words, language: str) -> str:
    """The words in this language, or in English, or in whatever language there is; a draft may have none."""
    return words.get(language) or words.get("en") or next((said for said in words.values() if said), "")


def rules_of(pathway: Pathway, alert: Alert) -> tuple[Rule, ...]:
    """The rules that raised the alert, in its order; none for an alert that no answer caused."""
    by_key = {rule.key: rule for rule in pathway.step(alert.step).rules}
    return tuple(by_key[key] for key in alert.rules if key in by_key)


def reasons(pathway: Pathway, alert: Alert, language: str) -> tuple[str, ...]:
    """Why the alert was raised, one sentence for each rule."""
    step = pathway.step(alert.step)
    return tuple(
        filled(in_language(rule.reason, language), step, alert.evidence, language)
        for rule in rules_of(pathway, alert)
    )


def filled(sentence: str, step: Step, answers: Answers, language: str) -> str:
    """The sentence with the answers that it names in braces; one that is missing becomes a dash."""
    for question in step.questionnaire.questions:
        mark = f"{{{question.link_id}}}"
        if mark in sentence:
            answer = answers.get(question.link_id)
            words = "" if answer is None else answer_in_words(question, answer, language)
            sentence = sentence.replace(mark, words or "–")
    return sentence


def answer_in_words(question: Question, answer: Answer, language: str) -> str:
    """An answer as a person reads it; free text stays as it was written, and what was skipped is empty."""
    if isinstance(answer, bool):
        return in_language(YES if answer else NO, language)
    if isinstance(answer, int | float):
        return f"{number_in_words(answer, language)} {question.unit}".rstrip()
    if question.kind == "date" and answer:
        return _date_in_words(str(answer), language)
    said = answer if isinstance(answer, tuple) else (answer,)
    texts = {option.code: in_language(option.text, language) for option in question.options}
    return ", ".join(texts.get(one, one) for one in said)


def number_in_words(number: float, language: str) -> str:
    """37.5, or "37,5" where the language writes it so."""
    return str(number).replace(".", "," if language in COMMA else ".")


def _date_in_words(iso: str, language: str) -> str:
    """ "1er mars 2026", "1 March 2026": never 01/03, which is two days."""
    day = date.fromisoformat(iso)
    first = "1er" if language == "fr" and day.day == 1 else str(day.day)
    return f"{first} {MONTHS.get(language, MONTHS['en'])[day.month - 1]} {day.year}"
