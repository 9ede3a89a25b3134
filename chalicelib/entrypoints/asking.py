"""One step of one patient, as the pages ask it: who, which questions, which clock times."""

from __future__ import annotations

import msgspec

from chalicelib import bootstrap
from chalicelib.application import access
from chalicelib.application.answered import answers_so_far
from chalicelib.application.ports import Row
from chalicelib.application.records import Unit
from chalicelib.domain import tasks
from chalicelib.domain.episode import Episode
from chalicelib.domain.episode.alerting import rules_holding
from chalicelib.domain.errors import UnknownStep
from chalicelib.domain.explain import in_language
from chalicelib.domain.messaging_hours import local_day
from chalicelib.domain.pathway import Pathway, Step, age_on
from chalicelib.domain.questionnaire import Question, next_question, path
from chalicelib.domain.rules import Answers, Rule
from chalicelib.entrypoints.http import Call


class Task(msgspec.Struct, frozen=True):
    """One step of one patient, with the answers so far."""

    pathway: Pathway
    step: Step
    state: Episode
    answers: Answers
    unit: Unit
    age: int | None = None
    """Only where the clock times depend on it."""

    @property
    def is_done(self) -> bool:
        """The response was handed in."""
        return self.state.step(self.step.key).completed_at is not None

    @property
    def holding(self) -> tuple[Rule, ...]:
        """The rules that hold for the answers so far, reds first."""
        return rules_holding(self.step, self.state, self.answers)

    @property
    def path(self) -> tuple[Question, ...]:
        """The questions that the answers so far lead to, and what is told between them."""
        return path(self.step.questionnaire, self.answers)

    @property
    def asked(self) -> tuple[Question, ...]:
        """The questions among them."""
        return tuple(question for question in self.path if question.kind != "display")

    def told_before(self, question: Question | None) -> tuple[Question, ...]:
        """What is told on the page of this question, or (None) behind the last one."""
        found: tuple[Question, ...] = ()
        for one in self.path:
            if one == question:
                return found
            found = (*found, one) if one.kind == "display" else ()
        return found


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
    known = answers_so_far(now, kept)
    age = _age(call, row) if tasks.depends_on_age(step) else None
    return Task(pathway, step, row.state, known, unit_of(call, row.state), age)


def _age(call: Call, row: Row) -> int | None:
    person = call.world.people.person(row.hospital, row.state.patient)
    day = local_day(row.state.hours.zone, row.state.operation_at)
    return None if person is None else age_on(person.birth_date, day)


def next_url(step: Step, known: Answers, *, returning: bool) -> str:
    """The next open question, or the check page; after a change straight back to the check page."""
    upcoming = next_question(step.questionnaire, known)
    if upcoming is None or returning:
        return f"/my/{step.key}/check"
    return f"/my/{step.key}/q/{upcoming.link_id}"


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


def unit_of(call: Call, state: Episode) -> Unit:
    """The unit of this episode; every episode has one in the catalogue."""
    unit = call.world.catalogue.unit(call.person.hospital, state.unit)
    if unit is None:
        msg = f"unit {state.unit} is not in the catalogue"
        raise LookupError(msg)
    return unit


def filled(task: Task, text: str, language: str) -> str:
    """The text with its clock times and the unit's number."""
    times = tasks.clock_times(task.step, task.state, task.age)
    for name, at in times.marks.items():
        shown = bootstrap.pages().time_words(at, task.state.hours.zone, language)
        text = text.replace(f"{{{name}}}", shown)
    return text.replace("{phone}", task.unit.phone_shown)


def listed(task: Task, words: dict[str, tuple[str, ...]], language: str) -> list[str]:
    """Several sentences, each with its clock times; those that concern another age are left out."""
    known = tasks.clock_times(task.step, task.state, task.age).marks
    foreign = [f"{{{mark}}}" for mark in tasks.MARKS.values() if mark not in known]
    lines = words.get(language) or words["en"]
    return [filled(task, line, language) for line in lines if not any(mark in line for mark in foreign)]
