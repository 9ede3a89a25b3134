"""What the editor's pages show: the frame around every part, and each part's own form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.adapters.catalogue import documents
from chalicelib.application import versions
from chalicelib.domain import texts
from chalicelib.domain.editing_questions import library, uses
from chalicelib.domain.errors import UnknownStep
from chalicelib.domain.explain import in_language
from chalicelib.domain.pathway import Reminder
from chalicelib.domain.replies import fits
from chalicelib.domain.sentences import in_words, name_in_words
from chalicelib.entrypoints import editor_parts, editor_places
from chalicelib.entrypoints.editor_changes import MOST_REMINDERS
from chalicelib.entrypoints.editor_conditions import asked_in
from chalicelib.entrypoints.editor_draft import Draft
from chalicelib.entrypoints.editor_fields import Fields
from chalicelib.entrypoints.editor_questions import KINDS
from chalicelib.entrypoints.http import Call


def context(call: Call, draft: Draft, fields: Fields | None = None) -> dict[str, Any]:
    """Everything that the page of this part, or its live pieces, want to be given."""
    build = PARTS.get(draft.place.part)
    if build is None:
        raise UnknownStep(draft.place.part)
    return frame(call, draft) | {"problems": fields.problems if fields else {}} | build(call, draft)


def frame(call: Call, draft: Draft) -> dict[str, Any]:
    """What stands around every part: who and when, undo, languages, what the lint says."""
    who, version, document = call.member, draft.version, draft.document
    language = call.language(who.member.language)
    found = versions.findings(call.world, who.hospital, document)
    said = texts.texts(document)
    spoken = [(code, editor_places.OWN_NAMES.get(code, code)) for code in document.languages]
    saved_by = call.world.catalogue.member(who.hospital, version.saved_by)
    return {
        "member": {"name": who.member.name, "role": who.member.role},
        "csrf": who.session.csrf,
        "zone": call.world.catalogue.profile(who.hospital).zone,
        "now": call.now,
        "base": draft.base,
        "href": draft.href,
        "action": draft.href(**_named(draft)),
        "place": draft.place,
        "may_edit": draft.may_edit,
        "open": version.may_change,
        "code": version.code,
        "number": version.number,
        "title": in_language(document.title, draft.words) or version.code,
        "revision": version.revision,
        "saved_at": version.saved_at,
        "saved_by": "" if saved_by is None else saved_by.name,
        "can_undo": version.cursor > max(1, version.newest - versions.MOST_STEPS_BACK),
        "can_redo": version.cursor < version.newest,
        "spoken": spoken,
        "complete": [(code, name, texts.completeness(said, code)) for code, name in spoken],
        "findings": [editor_places.finding(draft, one, language) for one in found],
        "steps": [(s.key, in_language(s.title, draft.words) or s.key) for s in document.steps],
    }  # fmt: skip


def _named(draft: Draft) -> dict[str, str]:
    place = draft.place
    return {"part": place.part, "step": place.step, "item": place.item, "only": place.only}


def _time(call: Call, draft: Draft) -> dict[str, Any]:
    del call
    return {"line": [_contact(draft, number) for number in range(len(draft.document.steps))]}


def _contact(draft: Draft, number: int) -> dict[str, Any]:
    """One row of the time line."""
    step = draft.document.steps[number]
    timing, asked = step.timing, step.questionnaire.questions
    levels = [rule.level for rule in step.rules]
    return {
        "key": step.key,
        "title": in_language(step.title, draft.words) or step.key,
        "phase": step.phase,
        "day": timing.day,
        "anchor": timing.anchor,
        "also_on": step.also_on,
        "invite": timing.invite,
        "reminders": timing.reminders,
        "silent": timing.silent,
        "then": timing.then,
        "until": (timing.useful_until_day, timing.useful_until),
        "told": step.instructions is not None,
        "questions": sum(q.kind != "display" for q in asked),
        "red": levels.count("red"),
        "orange": levels.count("orange"),
    }


def _step(call: Call, draft: Draft) -> dict[str, Any]:
    step, words = draft.step, draft.words
    language = call.language(call.member.member.language)
    used = {q.link_id: uses(step, q.link_id) for q in step.questionnaire.questions}
    blank = [Reminder()] * (MOST_REMINDERS - len(step.timing.reminders))
    return {
        "step": step,
        "step_title": step.title.get(words, ""),
        "reminders": [*step.timing.reminders, *blank],
        "questions": [
            {
                "link_id": q.link_id,
                "text": in_language(q.text, words) or q.link_id,
                "kind": q.kind,
                "when": in_words(q.show_when, step, language) if q.show_when else "",
                "rules": len(used[q.link_id].rules),
            }
            for q in step.questionnaire.questions
        ],
        "rules": [
            {
                "key": rule.key,
                "level": rule.level,
                "when": in_words(rule.when, step, language),
                "reason": in_language(rule.reason, words),
            }
            for rule in step.rules
        ],
        "kinds": KINDS,
        "library": _library(draft),
        "asked": [(name, in_language(q.short, words) or name) for name, q in asked_in(step).items()],
        "only_step": len(draft.document.steps) == 1,
        "fits_sms": fits(step),
    }


def _library(draft: Draft) -> list[tuple[str, str]]:
    """Questions that other pathways ask and this contact does not."""
    known = {q.coding.code for q in draft.step.questionnaire.questions}
    found = library(documents().values())
    offered = [(code, in_language(q.text, draft.words)) for code, q in found.items() if code not in known]
    return sorted(offered, key=lambda pair: pair[1])


def _check(call: Call, draft: Draft) -> dict[str, Any]:
    del call, draft
    return {}


def _remove(call: Call, draft: Draft) -> dict[str, Any]:
    """What looks at a question that somebody wants to remove."""
    step, language = draft.step, call.language(call.member.member.language)
    used, asked = uses(step, draft.question.link_id), {q.link_id: q for q in step.questionnaire.questions}
    reasons = {rule.key: rule for rule in step.rules}
    return {
        "question": in_language(draft.question.text, draft.words),
        "name": name_in_words(draft.question.link_id, step, language),
        "any": used.any,
        "rules": [(reasons[k].level, in_language(reasons[k].reason, draft.words)) for k in used.rules],
        "branches": [in_language(asked[name].text, draft.words) for name in used.branches],
        "scores": len(used.scores),
    }


PARTS: dict[str, Callable[[Call, Draft], dict[str, Any]]] = {
    "time": _time,
    "step": _step,
    "check": _check,
    "remove": _remove,
    "question": editor_parts.question,
    "rule": editor_parts.rule,
    "told": editor_parts.told,
    "messages": editor_parts.messages,
    "words": editor_parts.words,
    "about": editor_parts.about,
    "expected": editor_parts.expected,
    "scores": editor_parts.scores,
}
