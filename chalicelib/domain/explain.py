"""Reasons in words: what an alert says, from the rule that the team wrote and the answers given."""

from __future__ import annotations

from chalicelib.domain.episode.state import Alert
from chalicelib.domain.pathway import Pathway, Step
from chalicelib.domain.questionnaire import Question
from chalicelib.domain.rules import Answer, Answers, Rule, Words

YES: Words = {"fr": "oui", "en": "yes"}
NO: Words = {"fr": "non", "en": "no"}


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
            words = "–" if answer is None else answer_in_words(question, answer, language)
            sentence = sentence.replace(mark, words)
    return sentence


def answer_in_words(question: Question, answer: Answer, language: str) -> str:
    """An answer as a person reads it; free text stays as it was written."""
    if isinstance(answer, bool):
        return in_language(YES if answer else NO, language)
    for option in question.options:
        if option.code == answer:
            return in_language(option.text, language)
    return str(answer)
