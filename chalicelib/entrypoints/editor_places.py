"""Where a text or a finding stands: its name in the team's words, and the page that changes it."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from chalicelib import bootstrap
from chalicelib.domain.explain import in_language
from chalicelib.domain.findings import N_, Finding
from chalicelib.domain.pathway import Pathway, Step
from chalicelib.entrypoints.editor_draft import Draft

OWN_NAMES = {
    "fr": "Français", "en": "English", "ar": "العربية", "de": "Deutsch", "es": "Español", "it": "Italiano",
    "pl": "Polski", "pt": "Português", "ro": "Română", "ru": "Русский", "tr": "Türkçe", "uk": "Українська",
}  # fmt: skip
"""Languages by their own names."""
SPOKEN = frozenset({"language", "languages"})
"""Values of a finding that are codes of languages."""
FIELDS = {
    "text": N_("Question"),
    "help": N_("Explanation"),
    "short": N_("Short name"),
    "low": N_("Lowest"),
    "high": N_("Highest"),
    "heading": N_("Heading"),
    "title": N_("Title"),
    "reason": N_("Reason for the nurse"),
    "advice": N_("Advice to the patient"),
    "intro": N_("Introduction"),
    "do": N_("Do"),
    "dont": N_("Do not"),
    "bring": N_("Bring with you"),
    "normal_today": N_("Normal on these days"),
    "when_to_worry": N_("When to call"),
    "invite": N_("Invitation"),
    "reminder": N_("Reminder"),
    "again": N_("Asked again"),
    "options": N_("Answer"),
}


def finding(draft: Draft, found: Finding, language: str) -> dict[str, Any]:
    """A finding in the member's language, with its place in words and the page that mends it."""
    where = found.where.removeprefix(draft.document.code).strip(".")
    sentence = _with_names(found).filled(bootstrap.pages().words(found.words, language))
    return {
        "error": found.is_error,
        "kind": found.kind,
        "said": sentence[:1].upper() + sentence[1:],
        "where": in_words(draft.document, where, draft.words, language),
        "href": address(_in_its_language(draft, found), where),
        "here": _is_here(draft, where),
    }


def _with_names(found: Finding) -> Finding:
    """Languages by their names instead of their codes."""
    named = [(name, _by_name(value) if name in SPOKEN else value) for name, value in found.values]
    return replace(found, values=tuple(named))


def _by_name(codes: str) -> str:
    return ", ".join(OWN_NAMES.get(code, code) for code in codes.split(", "))


def _in_its_language(draft: Draft, found: Finding) -> Draft:
    """The draft with the words that the finding is about."""
    spoken = [value.split(", ")[0] for name, value in found.values if name in SPOKEN]
    return replace(draft, place=replace(draft.place, words=spoken[0])) if spoken else draft


def in_words(document: Pathway, where: str, words: str, language: str) -> str:
    """ "How are you today? · Pain · Explanation" for "steps.after.questionnaire.questions.pain.help"."""
    parts = where.removeprefix("steps.").split(".")
    step = _step(document, parts[0])
    if step is None:
        return _named(parts[-1], language)
    said = [in_language(step.title, words) or step.key]
    names = {q.link_id: in_language(q.short, words) or q.link_id for q in step.questionnaire.questions}
    names |= {rule.key: in_language(rule.reason, words) or rule.key for rule in step.rules}
    names |= {score.key: in_language(score.short, words) for score in step.questionnaire.scores}
    said += [names[part] for part in parts[1:] if part in names][:1]
    if len(parts) > 1 and parts[-1] not in names:
        field = next((part for part in reversed(parts) if part in FIELDS), "")
        said += [_named("options" if "options" in parts else field, language)] if field else []
    return " · ".join(said)


def address(draft: Draft, where: str) -> str:
    """The page on which what stands there is changed."""
    parts = where.removeprefix("steps.").split(".")
    step = _step(draft.document, parts[0])
    if step is None:
        return draft.href(part="expected" if parts[0] == "expected" else "about")
    rest = set(parts[1:])
    by_part = {"instructions": "told", "messages": "messages", "scores": "scores"}
    part = next((by_part[name] for name in parts[1:2] + parts[2:3] if name in by_part), "")
    if part:
        return draft.href(part=part, step=step.key)
    rules = [rule.key for rule in step.rules if rule.key in rest]
    questions = [q.link_id for q in step.questionnaire.questions if q.link_id in rest]
    if questions and not ("rules" in rest and rules):
        return draft.href(part="question", step=step.key, item=questions[0])
    if rules:
        return draft.href(part="rule", step=step.key, item=rules[0])
    return draft.href(part="step", step=step.key)


def _is_here(draft: Draft, where: str) -> bool:
    """Whether it is on the page that is open."""
    return (
        address(draft, where).split("/edit")[1]
        == draft.href(part=draft.place.part, step=draft.place.step, item=draft.place.item).split("/edit")[1]
    )


def _step(document: Pathway, key: str) -> Step | None:
    return next((step for step in document.steps if step.key == key), None)


def _named(field: str, language: str) -> str:
    return bootstrap.pages().words(FIELDS[field], language) if field in FIELDS else field
