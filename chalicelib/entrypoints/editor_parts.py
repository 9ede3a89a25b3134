"""The forms of the editor: what each shows, and the preview beside it."""

from __future__ import annotations

from typing import Any

from chalicelib.domain import texts
from chalicelib.domain.editing_questions import uses
from chalicelib.domain.explain import in_language
from chalicelib.domain.replies import asking
from chalicelib.domain.sentences import in_words
from chalicelib.entrypoints import editor_places
from chalicelib.entrypoints.editor_changes import EMPTY, LANGUAGES, MESSAGES
from chalicelib.entrypoints.editor_conditions import CHANGE_OPS, NUMBER_OPS, asked_in, lines
from chalicelib.entrypoints.editor_draft import Draft
from chalicelib.entrypoints.editor_preview import Sample, message
from chalicelib.entrypoints.editor_questions import KINDS
from chalicelib.entrypoints.http import Call

EMPTY_LINES = 2
"""Of a list of answers: so many empty lines stand ready."""


ONE_LINE = 60
"""Characters of a text that a single line of the table still shows."""


def question(call: Call, draft: Draft) -> dict[str, Any]:
    """A question, its answers, when it is asked, and how it looks on a phone."""
    asked_for, step, words = draft.question, draft.step, draft.words
    asked = asked_in(step, asked_for.link_id)
    blank = {"code": "", "text": "", "score": "", "exclusive": False, "elsewhere": ""}
    sample = _sample(call, draft)
    return {
        "step": step,
        "step_title": in_language(step.title, words) or step.key,
        "question": asked_for,
        "kinds": KINDS,
        "has_scores": bool(step.questionnaire.scores) or any(o.score is not None for o in asked_for.options),
        "options": [
            *(
                {
                    "code": o.code,
                    "text": o.text.get(words, ""),
                    "score": "" if o.score is None else f"{o.score:g}",
                    "exclusive": o.exclusive,
                    "elsewhere": in_language(o.text, words),
                }
                for o in asked_for.options
            ),
            *([blank] * EMPTY_LINES if asked_for.options else []),
        ],
        "lines": lines(asked_for.show_when, asked, words),
        "about": [(name, in_language(q.short, words) or name) for name, q in asked.items()],
        "ops": (NUMBER_OPS, CHANGE_OPS),
        "sentence": _sentence(call, draft, asked_for.show_when),
        "used": [
            in_language(rule.reason, words)
            for rule in step.rules
            if rule.key in uses(step, asked_for.link_id).rules
        ],
        "unit_shown": sample.of_unit,
        "preview": sample.question(asked_for),
        "sms": _asked_by_text(call, draft) if step.by_sms else None,
        "preview_number": 1 + step.questionnaire.questions.index(asked_for),
        "preview_total": len(step.questionnaire.questions),
    }


def rule(call: Call, draft: Draft) -> dict[str, Any]:
    """A rule as a sentence, with its advice as the patient reads it."""
    found, step, words = draft.rule, draft.step, draft.words
    asked, sample = asked_in(step), _sample(call, draft)
    again = found.ask_again.questions if found.ask_again else ()
    return {
        "step": step,
        "step_title": in_language(step.title, words) or step.key,
        "rule": found,
        "lines": lines(found.when, asked, words),
        "about": [(name, in_language(q.short, words) or name) for name, q in asked.items()],
        "ops": (NUMBER_OPS, CHANGE_OPS),
        "sentence": _sentence(call, draft, found.when),
        "marks": [f"{{{name}}}" for name in asked],
        "again": [
            (q.link_id, in_language(q.short, words) or q.link_id, q.link_id in again)
            for q in step.questionnaire.questions
            if q.kind != "display"
        ],
        "unit_shown": sample.of_unit,
        "advice": [sample.said(found.advice)] if any(found.advice.values()) else [],
    }


def _sentence(call: Call, draft: Draft, when: Any) -> str:
    language = call.language(call.member.member.language)
    return in_words(when, draft.step, language) if when else ""


def told(call: Call, draft: Draft) -> dict[str, Any]:
    """What the patient reads before."""
    told, sample = draft.step.instructions, _sample(call, draft)
    return {
        "step_title": in_language(draft.step.title, draft.words) or draft.step.key,
        "told": told or EMPTY,
        "has_told": told is not None,
        "preview": sample.told(),
        "unit_shown": sample.of_unit,
        "marks": [f"{{{mark}}}" for mark in (*sample.times.marks, "phone")],
    }


def messages(call: Call, draft: Draft) -> dict[str, Any]:
    """Text messages in the team's own words, or the usual ones, with what they cost."""
    step, unit = draft.step, call.world.catalogue.units(call.member.hospital)[0]
    rows = []
    for kind in MESSAGES:
        name = f"{'invite' if kind == 'invite' else 'reminder'}_{step.phase}"
        usual = call.world.catalogue.wording("sms", name, draft.words)["text"]
        own = step.messages.get(kind, {}).get(draft.words, "")  # type: ignore[call-overload]
        rows.append({"kind": kind, "own": own, "usual": usual, "sms": message(own or usual, unit)})
    return {"step_title": in_language(step.title, draft.words) or step.key, "rows": rows}


def words(call: Call, draft: Draft) -> dict[str, Any]:
    """The texts of one contact (`step`), or of all that stands outside them."""
    language = call.language(call.member.member.language)
    said = texts.texts(draft.document)
    spoken = draft.document.languages
    of_step = f"steps.{draft.place.step}." if draft.place.step else ""
    rows = []
    for text in said:
        missing = [code for code in spoken if not text.is_complete(code)]
        elsewhere = not text.place.startswith(of_step) if of_step else text.place.startswith("steps.")
        if elsewhere or (draft.place.only == "missing" and not missing):
            continue
        rows.append(
            {
                "place": text.place,
                "where": _where(draft, text.place, language),
                "said": [_said(text, code, code in missing) for code in spoken],
                "is_list": text.is_list,
                "long": text.is_list or any(len("".join(text.said(code))) > ONE_LINE for code in spoken),
                "sms": _cost(call, text) if ".messages." in text.place else [],
            }
        )  # fmt: skip
    return {"rows": rows, "missing": sum(not text.is_complete(code) for text in said for code in spoken)}


def _where(draft: Draft, place: str, language: str) -> str:
    """Where the text stands; the contact that the whole page is about is not named again."""
    said = editor_places.in_words(draft.document, place, draft.words, language)
    return said.partition(" · ")[2] or said if draft.place.step else said


def _said(text: texts.Text, code: str, missing: bool) -> dict[str, Any]:  # noqa: FBT001 - of a row
    return {
        "language": code,
        "name": editor_places.OWN_NAMES.get(code, code),
        "text": "\n".join(text.said(code)),
        "missing": missing,
        "lost": text.lost_marks(code),
    }


def _asked_by_text(call: Call, draft: Draft) -> dict[str, Any]:
    unit = call.world.catalogue.units(call.member.hospital)[0]
    wording = call.world.catalogue.wording("sms", "question", draft.words)["text"]
    return message(asking(draft.question, draft.words, wording), unit)


def _cost(call: Call, text: texts.Text) -> list[tuple[str, dict[str, Any]]]:
    unit = call.world.catalogue.units(call.member.hospital)[0]
    return [(code, message(" ".join(text.said(code)), unit)) for code in text.words]


def about(call: Call, draft: Draft) -> dict[str, Any]:
    """Title, languages, origin, and who is told of an alert that nobody takes."""
    del call
    document = draft.document
    return {
        "document": document,
        "own_title": document.title.get(draft.words, ""),
        "handed": [*document.escalation, None],
        "more": [
            (code, editor_places.OWN_NAMES[code]) for code in LANGUAGES if code not in document.languages
        ],
    }


def expected(call: Call, draft: Draft) -> dict[str, Any]:
    """What is normal on which days."""
    sample = Sample(draft.document.steps[-1], _unit(call), call.now, draft.words)
    listed = [
        (sample.listed(days.normal_today), sample.listed(days.when_to_worry))
        for days in draft.document.expected
    ]
    return {"days": draft.document.expected, "preview": listed, "unit_shown": sample.of_unit}  # fmt: skip


def scores(call: Call, draft: Draft) -> dict[str, Any]:
    """Sums over answers."""
    del call
    step, words = draft.step, draft.words
    counted = [q for q in step.questionnaire.questions if q.options or q.kind in {"scale", "number"}]
    return {
        "step_title": in_language(step.title, words) or step.key,
        "scores": step.questionnaire.scores,
        "counted": [(q.link_id, in_language(q.short, words) or q.link_id) for q in counted],
    }


def _sample(call: Call, draft: Draft) -> Sample:
    return Sample(draft.step, _unit(call), call.now, draft.words)


def _unit(call: Call) -> Any:
    return call.world.catalogue.units(call.member.hospital)[0]
