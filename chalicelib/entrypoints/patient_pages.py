"""The pages of a patient's step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from chalice.app import Response

from chalicelib.application import access
from chalicelib.domain import tasks
from chalicelib.domain.errors import UnknownStep
from chalicelib.domain.explain import answer_in_words, in_language, number_in_words
from chalicelib.domain.questionnaire import Question
from chalicelib.domain.rules import Answer, Rule
from chalicelib.entrypoints import answers
from chalicelib.entrypoints.asking import Task, filled, language_of, listed, next_url, shown_unit, unit_of
from chalicelib.entrypoints.http import Call
from chalicelib.entrypoints.reading import Given


def instructions_page(call: Call, task: Task, error: str = "") -> Response:
    """What to do before the operation, with clock times, and the promise to come."""
    language = language_of(call, task)
    made = task.step.instructions
    if made is None:
        raise UnknownStep(task.step.key)
    first = task.asked[0]
    return _page(
        call,
        "instructions",
        task,
        status=HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK,
        intro=filled(task, in_language(made.intro, language), language),
        times=tasks.clock_times(task.step, task.state, task.age),
        zone=task.state.hours.zone,
        do=listed(task, made.do, language),
        dont=listed(task, made.dont, language),
        bring=listed(task, made.bring, language),
        question=_shown(task, first, language, task.answers.get(first.link_id)),
        error=error,
        done=task.is_done,
    )


def question_page(
    call: Call, task: Task, question: Question, error: str = "", given: Given | None = None
) -> Response:
    """One question, with how far along the patient is."""
    language = language_of(call, task)
    asked = task.asked
    number = asked.index(question)
    value = task.answers.get(question.link_id) if given is None else given
    back = f"/my/{task.step.key}/q/{asked[number - 1].link_id}" if number else None
    if number == 1 and task.step.instructions is not None:
        back = f"/my/{task.step.key}"
    return _page(
        call,
        "question",
        task,
        status=HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK,
        question=_shown(task, question, language, value),
        told=_told(task, question, language),
        number=number + 1,
        total=len(asked),
        back=back,
        error=error,
    )


def urgent_page(call: Call, task: Task) -> Response:
    """What to do at once."""
    language = language_of(call, task)
    hit = [rule for rule in task.holding if rule.level == "red"]
    if not hit:
        return answers.redirect(f"/my/{task.step.key}")
    to = f"/my/{task.step.key}/done" if task.is_done else next_url(task.step, task.answers, returning=False)
    return _page(call, "urgent", task, **_advice(task, hit, language), continue_to=to)


def check_page(call: Call, task: Task) -> Response:
    """Every answer with a link to change it."""
    language = language_of(call, task)
    rows = [
        {
            "question": filled(task, in_language(q.text, language), language),
            "answer": _first_capital(answer_in_words(q, task.answers[q.link_id], language)),
            "change": f"/my/{task.step.key}/q/{q.link_id}?change=1",
        }
        for q in task.path
        if q.link_id in task.answers
    ]
    return _page(call, "check_answers", task, rows=rows, told=_told(task, None, language))


def done_page(call: Call, task: Task) -> Response:
    """Thanks, what happens next, and what is normal."""
    language = language_of(call, task)
    hit = task.holding
    care = task.pathway.expected_on(tasks.days_after(task.state, call.now))
    return _page(
        call,
        "done",
        task,
        urgent=any(rule.level == "red" for rule in hit),
        **_advice(task, hit, language),
        normal_today=[] if care is None else listed(task, care.normal_today, language),
        when_to_worry=[] if care is None else listed(task, care.when_to_worry, language),
        times=tasks.clock_times(task.step, task.state, task.age),
        zone=task.state.hours.zone,
        phase=task.step.phase,
        again_at=task.state.step(task.step.key).again_at,
    )


def nothing_page(call: Call) -> Response:
    """Nothing to do now, or nothing any more."""
    row = access.own_row(call.world, call.person)
    unit = unit_of(call, row.state)
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


def _advice(task: Task, hit: Sequence[Rule], language: str) -> dict[str, Any]:
    """What to do, those first for which the emergency number is called."""
    first = sorted(hit, key=lambda rule: rule.call != "emergency")
    return {
        "advice": [filled(task, in_language(rule.advice, language), language) for rule in first],
        "emergency": any(rule.call == "emergency" for rule in hit),
    }


def _first_capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _told(task: Task, question: Question | None, language: str) -> list[str]:
    return [filled(task, in_language(one.text, language), language) for one in task.told_before(question)]


def _value(question: Question, answer: Answer | None, language: str) -> Given:
    """What the fields of the question hold when it has been answered before."""
    if question.kind == "date" and isinstance(answer, str):
        year, _, rest = answer.partition("-")
        month, _, day = rest.partition("-")
        return (day, month, year)
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    if isinstance(answer, int | float):
        return number_in_words(answer, language)
    return "" if answer is None else answer


def _shown(task: Task, question: Question, language: str, answer: Answer | None) -> dict[str, Any]:
    def words(text: dict[str, str] | None) -> str:
        return "" if text is None else filled(task, in_language(text, language), language)

    return question_shown(question, words, _value(question, answer, language))


def question_shown(
    question: Question, words: Callable[[dict[str, str] | None], str], value: Given
) -> dict[str, Any]:
    """A question as its page wants it; `words` chooses the language and fills the clock times."""
    return {
        "link_id": question.link_id,
        "kind": question.kind,
        "text": words(question.text),
        "help": words(question.help),
        "heading": words(question.heading),
        "options": [{"code": o.code, "text": words(o.text), "alone": o.exclusive} for o in question.options],
        "minimum": question.minimum,
        "maximum": question.maximum,
        "decimals": question.decimals,
        "unit": question.unit,
        "low": words(question.low),
        "high": words(question.high),
        "required": question.required,
        "value": value,
    }
