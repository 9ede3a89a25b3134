"""What is wrong with a pathway, before a patient meets it.

Errors block publishing; warnings are for the team to judge. Every finding names the place and what to do.
"""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.findings import N_, Finding, found_in
from chalicelib.domain.lint.questions import questions
from chalicelib.domain.lint.rules import rules
from chalicelib.domain.lint.texts import texts
from chalicelib.domain.lint.times import days_told, times
from chalicelib.domain.messaging_hours import MessagingHours
from chalicelib.domain.pathway import Pathway
from chalicelib.domain.replies import too_long


def lint(pathway: Pathway, hours: MessagingHours, languages: tuple[str, ...]) -> tuple[Finding, ...]:
    """Everything that is wrong with a pathway (as it is written) for units with these hours and languages."""
    found = [*texts(pathway, languages), *_origin(pathway), *days_told(pathway), *_escalation(pathway)]
    for step in pathway.steps:
        found += [*times(pathway, step, hours), *questions(step), *rules(step, languages), *too_long(step)]
    return tuple(sorted(found, key=lambda finding: (not finding.is_error, finding.where, finding.kind)))


def _origin(pathway: Pathway) -> Iterator[Finding]:
    for name in ("licence", "author", "source"):
        if not getattr(pathway, name):
            yield found_in("no_source", pathway.code, N_("no {name}"), name=name)
    for step in pathway.steps:
        for rule in step.rules:
            if not rule.source.strip():
                yield Finding("no_source", f"{step.key}.{rule.key}", N_("a threshold without a source"))


def _escalation(pathway: Pathway) -> Iterator[Finding]:
    """Steps of the chain that never come, or that hand on what no alert is."""
    raised: set[str] = {rule.level for step in pathway.steps for rule in step.rules}
    raised |= {"silent" for step in pathway.steps if step.timing.then == "call"}
    latest: dict[str, int] = {}
    for part in pathway.escalation:
        where = f"{pathway.code}.escalation"
        if part.level not in raised:
            words = N_("hands on alerts of level {level}, and none is raised")
            yield found_in("escalation", where, words, level=part.level)
        if part.after_minutes <= latest.get(part.level, 0):
            late = N_("after {minutes} minutes at level {level}: not later than what goes before")
            yield found_in("escalation", where, late, minutes=part.after_minutes, level=part.level)
        latest[part.level] = part.after_minutes
