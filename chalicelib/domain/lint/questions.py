"""Questions: each can be reached and answered, and there are not too many."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.findings import N_, Finding, found_in
from chalicelib.domain.lint.values import can_hold, values_of
from chalicelib.domain.pathway import Step
from chalicelib.domain.questionnaire import Question
from chalicelib.domain.rules import questions_in

MOST_CORE_QUESTIONS = 9
"""That everybody answers, whatever they say: more take longer than two minutes."""


def questions(step: Step) -> Iterator[Finding]:
    """The questionnaire of one contact."""
    asked: set[str] = set()
    values = values_of(step)
    for question in step.questionnaire.questions:
        where = f"{step.key}.{question.link_id}"
        if question.link_id in asked:
            yield Finding("unanswerable", where, N_("the same question stands there twice"))
        if question.show_when is not None:
            unknown = [name for name in questions_in(question.show_when) if name not in asked]
            if unknown:
                words = N_("depends on {names}, not asked before")
                yield found_in("unknown_question", where, words, names=", ".join(unknown))
            elif not can_hold(step, question.show_when, values):
                yield Finding("unreachable", where, N_("no answer leads to this question"))
        asked.add(question.link_id)
        yield from _answerable(where, question)
    yield from _scores(step, asked)
    everybody = [q for q in step.questionnaire.questions if q.show_when is None]
    core = [q for q in everybody if q.kind not in {"text", "display"}]
    if len(core) > MOST_CORE_QUESTIONS:
        words = N_("{count} questions that everybody answers")
        yield found_in("too_many_questions", step.key, words, count=len(core))


def _answerable(where: str, question: Question) -> Iterator[Finding]:
    if question.kind in {"choice", "multiple"} and not question.options:
        yield Finding("unanswerable", where, N_("a list without an answer to choose"))
    if question.kind in {"scale", "number"} and question.minimum >= question.maximum:
        yield Finding("unanswerable", where, N_("the lowest answer is not below the highest"))


def _scores(step: Step, asked: set[str]) -> Iterator[Finding]:
    for score in step.questionnaire.scores:
        where, missing = f"{step.key}.scores.{score.key}", [name for name in score.of if name not in asked]
        if missing or not score.of:
            words = N_("adds up {names}, which is not asked")
            yield found_in("unknown_question", where, words, names=", ".join(missing) or "–")
