"""Filling in a step: its pages, and what happens to each answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec
from chalice.app import Response

from chalicelib.application import access
from chalicelib.application.handle import always, handle
from chalicelib.application.records import Response as Answered
from chalicelib.application.records import Unit
from chalicelib.domain import tasks
from chalicelib.domain.episode import Episode
from chalicelib.domain.episode.commands import SaveAnswers, Submit
from chalicelib.domain.errors import InvalidAnswer, UnknownStep
from chalicelib.domain.explain import answer_in_words, in_language
from chalicelib.domain.messaging_hours import local
from chalicelib.domain.pathway import Pathway, Step
from chalicelib.domain.questionnaire import Question, checked, next_question, path
from chalicelib.domain.rules import Answer, Answers, matching
from chalicelib.entrypoints import answers
from chalicelib.entrypoints.http import Call


class Task(msgspec.Struct, frozen=True):
    """One step of one patient, with the answers so far."""

    pathway: Pathway
    step: Step
    state: Episode
    answers: Answers
    unit: Unit

    @property
    def is_done(self) -> bool:
        """The response was handed in."""
        return self.state.step(self.step.key).completed_at is not None

    @property
    def path(self) -> tuple[Question, ...]:
        """The questions that the answers so far lead to."""
        return path(self.step.questionnaire, self.answers)


def task_of(call: Call) -> Task | None:
    """The step that the patient is on, or None when there is nothing to do."""
    row = access.own_row(call.world, call.person)
    pathway = call.world.catalogue.pathway(row.state.pathway, row.state.pathway_version)
    step = None if row.state.cancelled_at else tasks.current(pathway, row.state)
    return None if step is None else task(call, step.key)


def task(call: Call, key: str) -> Task:
    """A step that was released to this patient; `UnknownStep` for any other."""
    who = call.person
    row = access.own_row(call.world, who)
    pathway = call.world.catalogue.pathway(row.state.pathway, row.state.pathway_version)
    step = pathway.step(key)
    now = row.state.step(key)
    if row.state.cancelled_at or now.status not in {"released", "completed"}:
        raise UnknownStep(key)
    kept = call.world.care.response(who.hospital, who.episode, key)
    known = kept.answers if kept is not None and kept.release == now.release else {}
    return Task(pathway, step, row.state, known, _unit(call, row.state))


def save(call: Call, task: Task, question: Question, *, at_instructions: bool = False) -> Response:
    """Keep one answer and go on: to the urgent card, the next question, or the check page."""
    try:
        answer = read_answer(question, call.form.get("answer", ""))
    except InvalidAnswer as wrong:
        shown = instructions_page if at_instructions else None
        if shown is not None:
            return shown(call, task, error=wrong.reason)
        return question_page(call, task, question, error=wrong.reason, given=call.form.get("answer", ""))
    known = task.answers | {question.link_id: answer}
    _store(call, task, known)
    newly = _red(task.step, known) - _red(task.step, task.answers)
    if newly:
        return answers.redirect(f"/my/{task.step.key}/urgent")
    return answers.redirect(_next_url(task.step, known, returning="change" in call.query))


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
        answers=task.answers,
        saved_at=call.now,
        completed_at=call.now,
        language=language_of(call, task),
    )
    command = Submit(at=call.now, step=task.step.key, answers=task.answers)
    handle(call.world, who.hospital, who.episode, command, always(kept))


def read_answer(question: Question, given: str) -> Answer:
    """The form's value as an answer to this question; `InvalidAnswer` when it is none."""
    if given == "" and question.required:
        raise InvalidAnswer(question.link_id, "required")
    if question.kind == "boolean":
        if given not in {"yes", "no"}:
            raise InvalidAnswer(question.link_id, "required")
        return given == "yes"
    if question.kind == "scale":
        if not given.isdecimal():
            raise InvalidAnswer(question.link_id, "range")
        return checked(question, int(given))
    return checked(question, given.strip())


def instructions_page(call: Call, task: Task, error: str = "") -> Response:
    """What to do before the operation, with clock times, and the promise to come."""
    language = language_of(call, task)
    made = task.step.instructions
    if made is None:
        raise UnknownStep(task.step.key)
    first = task.step.questionnaire.questions[0]
    return _page(
        call,
        "instructions",
        task,
        status=HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK,
        intro=_filled(task, in_language(made.intro, language), language),
        times=tasks.clock_times(task.step, task.state),
        zone=task.state.hours.zone,
        do=_list(task, made.do, language),
        dont=_list(task, made.dont, language),
        bring=_list(task, made.bring, language),
        question=_shown(task, first, language, _value(task.answers.get(first.link_id))),
        error=error,
        done=task.is_done,
    )


def question_page(
    call: Call, task: Task, question: Question, error: str = "", given: str | None = None
) -> Response:
    """One question, with how far along the patient is."""
    language = language_of(call, task)
    asked = task.path
    number = [q.link_id for q in asked].index(question.link_id)
    value = _value(task.answers.get(question.link_id)) if given is None else given
    back = f"/my/{task.step.key}/q/{asked[number - 1].link_id}" if number else None
    if number == 1 and task.step.instructions is not None:
        back = f"/my/{task.step.key}"
    return _page(
        call,
        "question",
        task,
        status=HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK,
        question=_shown(task, question, language, value),
        number=number + 1,
        total=len(asked),
        back=back,
        error=error,
    )


def urgent_page(call: Call, task: Task) -> Response:
    """What to do at once."""
    language = language_of(call, task)
    advice = [
        _filled(task, in_language(rule.advice, language), language)
        for rule in matching(task.step.rules, task.answers)
        if rule.level == "red"
    ]
    if not advice:
        return answers.redirect(f"/my/{task.step.key}")
    to = f"/my/{task.step.key}/done" if task.is_done else _next_url(task.step, task.answers, returning=False)
    return _page(call, "urgent", task, advice=advice, continue_to=to)


def check_page(call: Call, task: Task) -> Response:
    """Every answer with a link to change it."""
    language = language_of(call, task)
    rows = [
        {
            "question": _filled(task, in_language(q.text, language), language),
            "answer": answer_in_words(q, task.answers[q.link_id], language),
            "change": f"/my/{task.step.key}/q/{q.link_id}?change=1",
        }
        for q in task.path
        if q.link_id in task.answers
    ]
    return _page(call, "check_answers", task, rows=rows)


def done_page(call: Call, task: Task) -> Response:
    """Thanks, what happens next, and what is normal."""
    language = language_of(call, task)
    hit = matching(task.step.rules, task.answers)
    care = task.step.aftercare
    return _page(
        call,
        "done",
        task,
        urgent=any(rule.level == "red" for rule in hit),
        advice=[_filled(task, in_language(rule.advice, language), language) for rule in hit],
        normal_today=[] if care is None else _list(task, care.normal_today, language),
        when_to_worry=[] if care is None else _list(task, care.when_to_worry, language),
        times=tasks.clock_times(task.step, task.state),
        zone=task.state.hours.zone,
        phase=task.step.phase,
    )


def nothing_page(call: Call) -> Response:
    """Nothing to do now, or nothing any more."""
    row = access.own_row(call.world, call.person)
    unit = _unit(call, row.state)
    language = call.language(unit.staff_language)
    return answers.page(
        call,
        "patient/home.html.jinja",
        language,
        unit=shown_unit(unit, language),
        csrf=call.person.session.csrf,
        cancelled=row.state.cancelled_at is not None,
        over=row.state.ended_at is not None,
    )


def shown_unit(unit: Unit | None, language: str) -> dict[str, str]:
    """What every page says of the unit."""
    if unit is None:
        return {"name": "", "hospital": "", "phone": "", "phone_shown": "", "emergency_number": "112"}
    return {
        "name": in_language(unit.name, language),
        "hospital": unit.hospital_name,
        "phone": unit.phone,
        "phone_shown": unit.phone_shown,
        "emergency_number": unit.emergency_number,
    }


def language_of(call: Call, task: Task) -> str:
    """The language of the page."""
    return call.language(task.unit.staff_language)


def _page(call: Call, name: str, task: Task, status: HTTPStatus = HTTPStatus.OK, **more: Any) -> Response:
    language = language_of(call, task)
    return answers.page(
        call,
        f"patient/{name}.html.jinja",
        language,
        status=status,
        unit=shown_unit(task.unit, language),
        csrf=call.person.session.csrf,
        step={"key": task.step.key, "title": in_language(task.step.title, language)},
        **more,
    )


def _unit(call: Call, state: Episode) -> Unit:
    unit = call.world.catalogue.unit(call.person.hospital, state.unit)
    if unit is None:
        msg = f"unit {state.unit} is not in the catalogue"
        raise LookupError(msg)
    return unit


def _red(step: Step, known: Answers) -> set[str]:
    return {rule.key for rule in matching(step.rules, known) if rule.level == "red"}


def _next_url(step: Step, known: Answers, *, returning: bool) -> str:
    upcoming = next_question(step.questionnaire, known)
    if upcoming is None or returning:
        return f"/my/{step.key}/check"
    return f"/my/{step.key}/q/{upcoming.link_id}"


def _filled(task: Task, text: str, language: str) -> str:
    """The text with its clock times and the unit's number."""
    del language
    times = tasks.clock_times(task.step, task.state)
    marks = {"arrival": times.arrival, "solids_until": times.solids_until, "fluids_until": times.fluids_until}
    for name, at in marks.items():
        shown = "" if at is None else f"{local(task.state.hours.zone, at):%H:%M}"
        text = text.replace(f"{{{name}}}", shown)
    return text.replace("{phone}", task.unit.phone_shown)


def _list(task: Task, words: dict[str, tuple[str, ...]], language: str) -> list[str]:
    return [_filled(task, line, language) for line in words.get(language) or words["en"]]


def _value(answer: Answer | None) -> str:
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return "" if answer is None else str(answer)


def _shown(task: Task, question: Question, language: str, value: str) -> dict[str, Any]:
    def words(text: dict[str, str] | None) -> str:
        return "" if text is None else _filled(task, in_language(text, language), language)

    return {
        "link_id": question.link_id,
        "kind": question.kind,
        "text": words(question.text),
        "help": words(question.help),
        "options": [{"code": o.code, "text": words(o.text)} for o in question.options],
        "minimum": question.minimum,
        "maximum": question.maximum,
        "low": words(question.low),
        "high": words(question.high),
        "required": question.required,
        "value": value,
    }
