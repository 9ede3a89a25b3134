"""Reports to the hospital: what a patient answered, and what came of an alert."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from chalicelib.application.identity import digest
from chalicelib.application.incoming import Code
from chalicelib.application.outcomes import keep, sent_line
from chalicelib.application.report_content import Observation, ReportContent, ResolvedAlert
from chalicelib.domain.episode.alerting import rules_holding
from chalicelib.domain.episode.events import AlertResolved
from chalicelib.domain.explain import answer_in_words, filled, in_language
from chalicelib.domain.questionnaire import SKIPPED, path
from chalicelib.domain.rules import questions_in
from chalicelib.domain.units import ucum

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.application.ports import History
    from chalicelib.application.records import Response, Unit
    from chalicelib.application.world import World
    from chalicelib.domain.episode import Episode
    from chalicelib.domain.outgoing import Report
    from chalicelib.domain.pathway import Pathway, Step
    from chalicelib.domain.questionnaire import Question
    from chalicelib.domain.rules import Answer

Form = Literal["oru", "mdm"]
KINDS: dict[Form, str] = {"oru": "ORU^R01", "mdm": "MDM^T02"}
FLAGS: dict[str, Literal["A", "AA"]] = {"orange": "A", "red": "AA"}
REPORTED: dict[str, Literal["number", "text", "date"]] = {
    "scale": "number", "number": "number", "text": "text", "date": "date",
}  # fmt: skip
"""Kinds of questions whose answers are no codes."""
NAME = "VIGIE"


def send_report(world: World, hospital: str, episode: str, report_id: str, at: datetime) -> None:
    """Write one report and queue it for the hospital, in each form that its profile wants; repeatable.

    The control ids are computed from the report, so that a repeat is recognised by the queue and by
    the hospital.
    """
    report = world.outgoing.report(hospital, episode, report_id)
    history = world.care.history(hospital, episode)
    if report is None or history is None or report.status != "due":
        return
    sent = [
        _send(world, hospital, history, report, form, at)
        for form in world.catalogue.profile(hospital).reports
    ]
    queued = replace(report, status="queued", control_id=sent[0] if sent else None)
    world.outgoing.save_report(hospital, episode, queued)


def _send(world: World, hospital: str, history: History, report: Report, form: Form, at: datetime) -> str:
    episode = history.row.episode
    salt = () if form == "oru" else (form,)
    control_id = digest(hospital, episode, report.id, *salt)[:20].upper()
    content = _content(world, hospital, history, report, control_id, at)
    message = world.write_report(content) if form == "oru" else _document(world, hospital, history, content)
    kind = KINDS[form]
    # The line comes first: the outcome may be back before the next statement runs.
    keep(world, sent_line(hospital, episode, control_id, message, kind, at))
    world.hospital_queue.send(hospital, episode, control_id, message, kind, at)
    return control_id


def _document(world: World, hospital: str, history: History, content: ReportContent) -> bytes:
    unit = _unit(world, hospital, history)
    language = unit.staff_language
    return world.write_document(content, language, in_language(unit.name, language), unit.phone_shown)


def _unit(world: World, hospital: str, history: History) -> Unit:
    unit = world.catalogue.unit(hospital, history.row.state.unit)
    if unit is None:
        msg = f"episode {history.row.episode}: its unit is gone"
        raise LookupError(msg)
    return unit


def _content(
    world: World, hospital: str, history: History, report: Report, control_id: str, at: datetime
) -> ReportContent:
    state = history.row.state
    person = world.people.person(hospital, state.patient)
    unit = _unit(world, hospital, history)
    if person is None:
        msg = f"report {report.id}: its patient is gone"
        raise LookupError(msg)
    pathway = world.catalogue.pathway(state.pathway, state.pathway_version)
    step = pathway.step(report.step)
    kept = next((r for r in history.responses if r.step == report.step), None)
    profile = world.catalogue.profile(hospital)
    return ReportContent(
        control_id=control_id,
        report=digest(hospital, history.row.episode, report.id),
        sender=(NAME, NAME),
        receiver=profile.reply_to,
        written_at=at,
        zone=unit.hours.zone,
        identifiers=person.identifiers,
        family_name=person.family_name,
        given_name=person.given_name,
        birth_date=person.birth_date,
        sex=person.sex,
        visit=state.visit,
        panel=_panel(pathway, step, unit),
        observed_at=at if kept is None else kept.completed_at or kept.saved_at,
        observations=() if kept is None or report.kind == "alert" else _observations(step, kept, state, unit),
        alert=_alert(world, hospital, history, report, step, unit),
        appointment=state.appointment,
        charset=profile.send_charset,
    )


def _panel(pathway: Pathway, step: Step, unit: Unit) -> Code:
    words = (
        f"{in_language(pathway.title, unit.staff_language)}: {in_language(step.title, unit.staff_language)}"
    )
    return Code(f"VIGIE-{pathway.code}-{step.key}-{pathway.version}".upper(), words, "L")


def _observations(step: Step, kept: Response, state: Episode, unit: Unit) -> tuple[Observation, ...]:
    flags: dict[str, Literal["A", "AA"]] = {}
    for rule in reversed(rules_holding(step, state, kept.answers)):
        flags |= dict.fromkeys(questions_in(rule.when), FLAGS[rule.level])
    return tuple(
        _observation(question, kept, flags.get(question.link_id), unit.staff_language)
        for question in path(step.questionnaire, kept.answers)
        if kept.answers.get(question.link_id, "") not in SKIPPED
    )


def _observation(
    question: Question, kept: Response, flag: Literal["A", "AA"] | None, language: str
) -> Observation:
    answer = kept.answers[question.link_id]
    coding = question.coding
    is_yes_no = isinstance(answer, bool)
    several = answer if isinstance(answer, tuple) else ()
    texts = {option.code: in_language(option.text, language) for option in question.options}
    return Observation(
        code=Code(coding.code, coding.display, coding.system),
        kind=REPORTED.get(question.kind, "coded"),
        value="" if several else _plain(answer),
        value_text=answer_in_words(question, answer, language),
        value_system="HL70136" if is_yes_no else "L",
        units="{score}" if question.kind == "scale" else ucum(question.unit),
        reference_range=f"{question.minimum}-{question.maximum}" if question.kind == "scale" else "",
        abnormal=flag or "N",
        observed_at=kept.completed_at or kept.saved_at,
        label=in_language(question.short, language),
        several=tuple(Code(code, texts[code], "L") for code in several),
    )


def _plain(answer: Answer) -> str:
    if isinstance(answer, bool):
        return "Y" if answer else "N"
    return str(answer)


def _alert(
    world: World, hospital: str, history: History, report: Report, step: Step, unit: Unit
) -> ResolvedAlert | None:
    alert = None if report.alert is None else history.row.state.alert(report.alert)
    if alert is None or alert.resolved_at is None:
        return None
    closed = (e for e in history.events if isinstance(e, AlertResolved) and e.alert == alert.id)
    by = next((event.by for event in closed), None)
    member = None if by is None else world.catalogue.member(hospital, by)
    rules = [rule for rule in step.rules if rule.key in alert.rules]
    language = unit.staff_language
    words = [
        Code(r.key, filled(in_language(r.reason, language), step, alert.evidence, language), "L")
        for r in rules
    ]
    return ResolvedAlert(
        level=alert.level,
        reasons=tuple(words) or (Code(alert.kind.upper(), alert.detail or alert.kind, "L"),),
        outcome=Code((alert.outcome or "").upper(), alert.outcome or "", "L"),
        by=by or "",
        by_name="" if member is None else member.name,
        raised_at=alert.raised_at,
        resolved_at=alert.resolved_at,
    )
