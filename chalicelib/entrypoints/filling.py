"""What happens to each answer: kept at once, judged at once, handed in at the end."""

from __future__ import annotations

from chalice.app import Response
from msgspec.structs import replace

from chalicelib.application.handle import always, handle
from chalicelib.application.records import Response as Answered
from chalicelib.domain.episode.commands import SaveAnswers, Submit
from chalicelib.domain.errors import InvalidAnswer
from chalicelib.domain.questionnaire import Question, complete
from chalicelib.domain.rules import Answers
from chalicelib.entrypoints import answers
from chalicelib.entrypoints.asking import Task, language_of, next_url
from chalicelib.entrypoints.http import Call
from chalicelib.entrypoints.patient_pages import instructions_page, question_page
from chalicelib.entrypoints.reading import read_answer, sent


def save(call: Call, task: Task, question: Question, *, at_instructions: bool = False) -> Response:
    """Keep one answer and go on: to the urgent card, the next question, or the check page."""
    given = sent(question, call)
    try:
        answer = read_answer(question, given)
    except InvalidAnswer as wrong:
        if at_instructions:
            return instructions_page(call, task, error=wrong.reason)
        return question_page(call, task, question, error=wrong.reason, given=given)
    known = task.answers | {question.link_id: answer}
    _store(call, task, known)
    newly = _red(replace(task, answers=known)) - _red(task)
    if newly:
        return answers.redirect(f"/my/{task.step.key}/urgent")
    return answers.redirect(next_url(task.step, known, returning="change" in call.query))


def _store(call: Call, task: Task, known: Answers) -> None:
    draft = Answered(
        step=task.step.key,
        release=task.state.step(task.step.key).release,
        answers=known,
        saved_at=call.now,
        language=language_of(call, task),
    )
    who = call.person
    command = SaveAnswers(at=call.now, step=task.step.key, answers=known)
    handle(call.world, who.hospital, who.episode, command, always(draft))


def submit(call: Call, task: Task) -> None:
    """Hand the answers in; once handed in they stay as they are."""
    if task.is_done:
        return
    who = call.person
    kept = Answered(
        step=task.step.key,
        release=task.state.step(task.step.key).release,
        answers=complete(task.step.questionnaire, task.answers),
        saved_at=call.now,
        completed_at=call.now,
        language=language_of(call, task),
    )
    command = Submit(at=call.now, step=task.step.key, answers=task.answers)
    handle(call.world, who.hospital, who.episode, command, always(kept))


def _red(task: Task) -> set[str]:
    return {rule.key for rule in task.holding if rule.level == "red"}
