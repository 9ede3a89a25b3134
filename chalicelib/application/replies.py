"""A patient's text message: whose it is, what it says, and the commands that come of it.

Repeating it does no harm: a follow-up remembers the messages that it has taken in.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from chalicelib.application.answered import answers_so_far
from chalicelib.application.handle import RACES, always, handle_all, pathway_of
from chalicelib.application.ports import Conflict, Row
from chalicelib.application.records import Note, Person, Response
from chalicelib.application.resuming import resume
from chalicelib.application.work import rows_of
from chalicelib.domain import replies
from chalicelib.domain.episode import commands as c
from chalicelib.domain.episode.schedule import useful_until
from chalicelib.domain.pathway import Pathway, Step
from chalicelib.domain.questionnaire import Question, complete, next_question
from chalicelib.domain.rules import Answers
from chalicelib.domain.tasks import current, open_step

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.application.world import World

LATE = timedelta(days=1)
"""So long after its use has ended, a question that nobody has answered is no longer on anybody's mind."""
BY_PATIENT = ""
"""Who lets texts leave again: no clinician."""


class Text(msgspec.Struct, frozen=True):
    """A message as the provider gave it."""

    id: str
    """Ours, made of the provider's: the same whenever the message is told."""
    sender: str
    to: str
    text: str
    reference: str = ""
    """What we gave with the message that it answers, where the provider can tell."""


class UnknownDestination(Exception):
    """Nobody knows which hospital a message was written to; an operator has to look."""


def hospital_of(text: Text, numbers: Mapping[str, str]) -> str:
    """The hospital that was written to: by the number (or keyword), else by what the message answers."""
    hospital = numbers.get(text.to) or text.reference.partition("|")[0]
    if not hospital:
        raise UnknownDestination
    return hospital


def receive(world: World, hospital: str, text: Text, at: datetime) -> int:
    """Carry out what a patient has written; returns how many follow-ups it concerns (0: a stranger's).

    A lost race is read and decided anew: a text sent a moment sooner may have answered the question.
    """
    for _ in range(RACES - 1):
        with suppress(Conflict):
            return _receive(world, hospital, text, at)
    return _receive(world, hospital, text, at)


def _receive(world: World, hospital: str, text: Text, at: datetime) -> int:
    people = _people(world, hospital, text)
    rows = tuple(row for person in people for row in rows_of(world, hospital, person.id))
    said = replies.read(text.text)
    if said.meaning == "stop":
        _stop(world, hospital, people, rows, text, at)
        if not said.is_more:
            return len(rows)
        text, said = replace(text, id=f"{text.id}.more"), replace(said, meaning="other")
    if _is_known(text, rows):
        return len(rows)  # told twice: by now another question may be open, which it does not answer
    if said.meaning == "start" and any(person.stopped for person in people):
        _start(world, hospital, people, rows, text, at)
    else:
        _place(world, rows, said, text, at)
    return len(rows)


def _is_known(text: Text, rows: tuple[Row, ...]) -> bool:
    return any(text.id in row.state.replies for row in rows)


def _people(world: World, hospital: str, text: Text) -> tuple[Person, ...]:
    """Whoever has the number; else the patient whom the answered message was written to."""
    found = world.people.by_phone(hospital, text.sender)
    if found or not text.reference.startswith(f"{hospital}|"):
        return found
    row = world.care.row(hospital, text.reference.split("|")[1])
    person = None if row is None else world.people.person(hospital, row.state.patient)
    return () if person is None else (person,)


def _stop(
    world: World,
    hospital: str,
    people: tuple[Person, ...],
    rows: tuple[Row, ...],
    text: Text,
    at: datetime,
) -> None:
    """The wish is the person's, and comes first: whatever happens next, nothing leaves any more."""
    if rows and all(text.id in row.state.replies for row in rows):
        return  # told twice: since then the patient may have asked for texts again
    for person in people:
        if not person.stopped:
            world.care.store(hospital, None, (replace(person, stopped=True),))
    for number, row in enumerate(rows):
        step = _filed_under(pathway_of(world, row.state), row).key
        command = c.StopTexts(at=at, reply=text.id, step=step, confirm=number == 0)
        handle_all(world, hospital, row.episode, (command,), always(_note(text, at)))


def _start(
    world: World,
    hospital: str,
    people: tuple[Person, ...],
    rows: tuple[Row, ...],
    text: Text,
    at: datetime,
) -> None:
    """Who has said STOP may take it back; one follow-up that goes on says that it was understood."""
    for person in people:
        resume(world, hospital, person, BY_PATIENT, at)
    for row in [row for row in rows if row.state.ended_at is None][:1]:
        step = _filed_under(pathway_of(world, row.state), row).key
        command = c.ReceiveText(at=at, reply=text.id, step=step, meaning="start")
        handle_all(world, hospital, row.episode, (command,), always(_note(text, at)))


def _place(world: World, rows: tuple[Row, ...], said: replies.Said, text: Text, at: datetime) -> None:
    """To the one follow-up that waits for an answer. Where several do, nobody knows whose it is: to all."""
    waiting = _waiting(world, rows, at)
    for_all = replace(text, id=f"{text.id}.all")
    if len(waiting) == 1 and not _is_known(for_all, rows):
        _take_in(world, waiting[0], said, text, at)
        return
    going_on = tuple(row for row in rows if not row.state.is_closed)
    newest = sorted(rows, key=lambda row: row.state.operation_at)[-1:]
    for number, row in enumerate(going_on or newest):
        _take_in(world, row, _unclear(said) if waiting else said, for_all, at, tell=number == 0)


def _waiting(world: World, rows: tuple[Row, ...], at: datetime) -> tuple[Row, ...]:
    """Those with an open question; one that was never answered gives way to one that is of use today."""
    found = [
        (row, step)
        for row in rows
        if (step := open_step(pathway_of(world, row.state), row.state)) is not None
    ]
    useful = tuple(row for row, step in found if at < useful_until(step, row.state) + LATE)
    return useful or tuple(row for row, _ in found)


def _unclear(said: replies.Said) -> replies.Said:
    """It is not known whose answer this is: somebody has to read it."""
    return said if said.meaning == "thanks" else replace(said, meaning="other", words="", number=-1)


def _take_in(
    world: World, row: Row, said: replies.Said, text: Text, at: datetime, *, tell: bool = True
) -> None:
    pathway = pathway_of(world, row.state)
    step = open_step(pathway, row.state)
    note = _note(text, at)
    asked = None if step is None else replies.asked(step, row.state.step(step.key))
    answer = None if asked is None else replies.answer_to(asked, said)
    if step is not None and asked is not None and answer is not None:
        known = _so_far(world, row, step) | {asked.link_id: answer}
        commands, kept = _answering(row, step, known, text, at)
        handle_all(world, row.hospital, row.episode, commands, always(note, kept), row, races=1)
        return
    command = c.ReceiveText(
        at=at,
        reply=text.id,
        step=_filed_under(pathway, row).key,
        meaning=_meaning(step, said),
        question="" if asked is None else asked.link_id,
        tell=tell,
    )
    handle_all(world, row.hospital, row.episode, (command,), always(note))


def _meaning(step: Step | None, said: replies.Said) -> c.TextMeaning:
    """What a message that answers nothing is. Words that nobody expects are never thrown away."""
    if said.meaning == "thanks":
        return "thanks"
    if step is not None and step.by_sms and said.meaning in {"number", "yes", "no"}:
        return "unclear"
    return "seen" if said.meaning == "yes" else "message"


def _answering(
    row: Row, step: Step, known: Answers, text: Text, at: datetime
) -> tuple[tuple[c.Command, ...], Response]:
    """Kept and judged at once, as on the page; handed in where it was the last question."""
    left: Question | None = next_question(step.questionnaire, known)
    kept = Response(step.key, row.state.step(step.key).release, known, saved_at=at)
    commands: tuple[c.Command, ...] = (
        c.OpenStep(at=at, step=step.key),
        c.SaveAnswers(at=at, step=step.key, answers=known),
    )
    if left is None:
        kept = replace(kept, answers=complete(step.questionnaire, known), completed_at=at)
        commands += (c.Submit(at=at, step=step.key, answers=known),)
    question = left.link_id if left is not None and step.by_sms else ""
    received = c.ReceiveText(at=at, reply=text.id, step=step.key, meaning="answer", question=question)
    return (*commands, received), kept


def _so_far(world: World, row: Row, step: Step) -> Answers:
    return answers_so_far(row.state.step(step.key), world.care.response(row.hospital, row.episode, step.key))


def _filed_under(pathway: Pathway, row: Row) -> Step:
    return open_step(pathway, row.state) or current(pathway, row.state) or pathway.steps[0]


def _note(text: Text, at: datetime) -> Note:
    return Note(id=text.id, text=text.text, written_at=at, by="")
