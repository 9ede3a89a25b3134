"""Alerts: when one is raised, and when its cause has gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from chalicelib.domain.episode import commands as c
from chalicelib.domain.episode import events as e
from chalicelib.domain.episode.state import Alert, Episode
from chalicelib.domain.pathway import Step
from chalicelib.domain.rules import Answers, Rule, matching, questions_in


def answers(
    step: Step, state: Episode, known: Answers, at: datetime, *, only_red: bool
) -> tuple[e.AlertRaised, ...]:
    """One alert for all rules that hold and have not been told yet since this release."""
    now = state.step(step.key)
    earlier = [
        alert
        for alert in state.alerts
        if alert.id.startswith(f"{step.key}.{now.release}.") and alert.kind == "answer"
    ]
    told = {rule for alert in earlier for rule in alert.rules}
    hit = [
        rule
        for rule in matching(step.rules, known)
        if rule.key not in told and (rule.level == "red" or not only_red)
    ]
    if not hit:
        return ()
    return (
        e.AlertRaised(
            at=at,
            alert=f"{step.key}.{now.release}.answer-{len(earlier) + 1}",
            step=step.key,
            level=hit[0].level,
            kind="answer",
            rules=tuple(rule.key for rule in hit),
            evidence=_evidence(hit, known),
        ),
    )


def _evidence(hit: list[Rule], known: Answers) -> Answers:
    """The answers that the rules look at, or that their reasons name."""
    return {
        question: answer
        for question, answer in known.items()
        if any(
            question in questions_in(rule.when)
            or any(f"{{{question}}}" in words for words in rule.reason.values())
            for rule in hit
        )
    }


def of_step(step: Step, state: Episode, kind: e.AlertKind, at: datetime, detail: str) -> e.AlertRaised:
    """An alert that no answer caused: silence, no way to reach the patient, too late, no discharge."""
    release = state.step(step.key).release
    same = sum(alert.step == step.key and alert.kind == kind for alert in state.alerts)
    return e.AlertRaised(
        at=at,
        alert=f"{step.key}.{release}.{kind}-{same + 1}",
        step=step.key,
        level="orange" if kind == "not_discharged" else "silent",
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


def answered(state: Episode, step: str, at: datetime) -> tuple[e.AlertResolved, ...]:
    """The patient has answered after all: silence, and what kept us from asking, is over."""
    return tuple(
        e.AlertResolved(at=at, alert=alert.id, by=None, outcome="answered")
        for alert in state.open_alerts
        if alert.step == step and alert.kind != "answer"
    )


def no_longer_needed(
    state: Episode, at: datetime, concerned: Callable[[Alert], bool]
) -> tuple[e.AlertResolved, ...]:
    """Closes what a change of plan has settled; what a patient has told us is never closed so."""
    return tuple(
        e.AlertResolved(at=at, alert=alert.id, by=None, outcome="no_longer_needed")
        for alert in state.open_alerts
        if alert.kind != "answer" and concerned(alert)
    )
