"""Alerts: when one is raised, and when its cause has gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec.structs import replace

from chalicelib.domain.episode import commands as c
from chalicelib.domain.episode import events as e
from chalicelib.domain.episode.alert_events import NOT_CORRECTED, TOLD_BY_PATIENT
from chalicelib.domain.episode.state import Alert, Episode
from chalicelib.domain.messaging_hours import is_open
from chalicelib.domain.pathway import Step
from chalicelib.domain.questionnaire import coded
from chalicelib.domain.rules import Answers, Earlier, Rule, matching, questions_in


def saved(step: Step, state: Episode, known: Answers, at: datetime) -> tuple[e.AlertRaised, ...]:
    """`known` is coded. A red answer is told at once, but for one whose advice is tried first, at the end."""
    hit = [rule for rule in _untold(step, state, known) if rule.level == "red" and rule.ask_again is None]
    return _raised(step, state, hit, known, at)


def handed_in(
    step: Step, state: Episode, known: Answers, at: datetime
) -> tuple[e.AlertRaised | e.AdviceGiven, ...]:
    """One alert for all rules that hold for `known` (coded) and have not been told yet since this release.

    Where nothing else is red, and the patient can still be asked again today, an advice is tried first.
    """
    now = state.step(step.key)
    hit = _untold(step, state, known)
    # Who answers by text message has read no advice: a nurse calls at once.
    asks = [] if step.by_sms else hit
    first = [r for r in asks if r.ask_again and r.key not in now.advised and _can_ask(state, r, at)]
    rest = [rule for rule in hit if rule not in first]
    if not first or any(rule.level == "red" for rule in rest):
        return _raised(step, state, hit, known, at)
    minutes = min(rule.ask_again.after_minutes for rule in first if rule.ask_again)
    advice = e.AdviceGiven(
        at=at,
        step=step.key,
        rules=tuple(rule.key for rule in first),
        again_at=at + timedelta(minutes=minutes),
    )
    return (advice, *_raised(step, state, rest, known, at))


def not_answered_again(step: Step, state: Episode, at: datetime) -> e.AlertRaised:
    """The patient was advised and asked again, and did not say whether it helped."""
    now = state.step(step.key)
    hit = [rule for rule in step.rules if rule.key in now.advised]
    (alert,) = _raised(step, state, hit, now.answers, at)
    return replace(alert, detail=e.NOT_ANSWERED_AGAIN)


def _can_ask(state: Episode, rule: Rule, at: datetime) -> bool:
    minutes = 0 if rule.ask_again is None else rule.ask_again.after_minutes
    return bool(state.channels) and is_open(state.hours, at + timedelta(minutes=minutes))


def _answer_alerts(step: Step, state: Episode) -> list[Alert]:
    release = f"{step.key}.{state.step(step.key).release}."
    return [alert for alert in state.alerts if alert.id.startswith(release) and alert.kind == "answer"]


def rules_holding(step: Step, state: Episode, known: Answers) -> tuple[Rule, ...]:
    """The rules that hold for these answers (free text counts for none), reds first."""
    return _holding(step, state, coded(step.questionnaire, known))


def _holding(step: Step, state: Episode, known: Answers) -> tuple[Rule, ...]:
    return matching(step.rules, known, earlier(step.key, state))


def _untold(step: Step, state: Episode, known: Answers) -> list[Rule]:
    told = {rule for alert in _answer_alerts(step, state) for rule in alert.rules}
    return [rule for rule in _holding(step, state, known) if rule.key not in told]


def _raised(
    step: Step, state: Episode, hit: list[Rule], known: Answers, at: datetime
) -> tuple[e.AlertRaised, ...]:
    if not hit:
        return ()
    number = len(_answer_alerts(step, state)) + 1
    return (
        e.AlertRaised(
            at=at,
            alert=f"{step.key}.{state.step(step.key).release}.answer-{number}",
            step=step.key,
            level="red" if any(rule.level == "red" for rule in hit) else "orange",
            kind="answer",
            rules=tuple(rule.key for rule in hit),
            evidence=_evidence(hit, known),
        ),
    )


def earlier(step: str, state: Episode) -> Earlier:
    """What the patient answered in the other steps, as they were handed in."""
    others = [now for key, now in state.steps.items() if key != step and now.completed_at is not None]
    others.sort(key=lambda now: now.completed_at or state.booked_at)
    baseline: Answers = {}
    previous: Answers = {}
    for now in others:
        baseline = now.answers | baseline
        previous = previous | now.answers
    return Earlier(baseline, previous)


def _evidence(hit: list[Rule], known: Answers) -> Answers:
    """The answers that the rules look at, or that their reasons name."""
    looked_at = {question for rule in hit for question in questions_in(rule.when)}
    reasons = "".join(words for rule in hit for words in rule.reason.values())
    return {
        question: answer
        for question, answer in known.items()
        if question in looked_at or f"{{{question}}}" in reasons
    }


def of_step(step: Step, state: Episode, kind: e.AlertKind, at: datetime, detail: str) -> e.AlertRaised:
    """An alert that no answer caused: silence, no way to reach the patient, too late, no discharge."""
    return _of(step.key, state, kind, at, detail)


def not_corrected(state: Episode, steps: tuple[str, ...], at: datetime) -> tuple[e.AlertRaised, ...]:
    """What a patient was told no longer holds, and no message can say so after a STOP: somebody calls."""
    if not steps or not state.stopped or state.channels or state.admitted_at is not None:
        return ()
    return (_of(steps[-1], state, "prefers_call", at, NOT_CORRECTED),)


def _of(step: str, state: Episode, kind: e.AlertKind, at: datetime, detail: str) -> e.AlertRaised:
    release = state.step(step).release
    same = sum(alert.step == step and alert.kind == kind for alert in state.alerts)
    return e.AlertRaised(
        at=at,
        alert=f"{step}.{release}.{kind}-{same + 1}",
        step=step,
        level="orange" if kind in {"not_discharged", "no_pathway", "message"} else "silent",
        kind=kind,
        detail=detail,
    )


def undelivered(state: Episode, command: c.ReportUndelivered) -> tuple[e.AlertRaised, ...]:
    """One line, however many of a release's messages fail; none when the patient has answered."""
    step = state.step(command.step)
    alert = f"{command.step}.{step.release}.undelivered"
    if step.completed_at is not None or state.alert(alert) is not None:
        return ()
    return (
        e.AlertRaised(
            at=command.at,
            alert=alert,
            step=command.step,
            level="silent",
            kind="undelivered",
            detail=command.reason,
        ),
    )


def has_open(state: Episode, kind: e.AlertKind) -> bool:
    """Whether such an alert is open."""
    return any(alert.kind == kind for alert in state.open_alerts)


def answered(state: Episode, step: str, at: datetime) -> tuple[e.AlertResolved, ...]:
    """The patient has answered after all: silence, and what kept us from asking, is over."""
    return tuple(
        e.AlertResolved(at=at, alert=alert.id, by=None, outcome="answered")
        for alert in state.open_alerts
        if alert.step == step and alert.kind not in {"no_pathway", *TOLD_BY_PATIENT}
    )


def no_longer_needed(
    state: Episode, at: datetime, concerned: Callable[[Alert], bool]
) -> tuple[e.AlertResolved, ...]:
    """Closes what a change of plan has settled; what a patient has told us is never closed so."""
    return tuple(
        e.AlertResolved(at=at, alert=alert.id, by=None, outcome="no_longer_needed")
        for alert in state.open_alerts
        if alert.kind not in TOLD_BY_PATIENT and concerned(alert)
    )
