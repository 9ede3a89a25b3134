"""Names for the fields of a pathway, and for the codes that stand in them: what a comparison says."""

from __future__ import annotations

from chalicelib import bootstrap
from chalicelib.domain.findings import N_

LABELS = {
    "after_minutes": N_("After minutes"),
    "advice": N_("Advice to the patient"),
    "also_on": N_("Once more on the days"),
    "answered_by": N_("Who answers"),
    "ask_again.after_minutes": N_("Asked again after minutes"),
    "ask_again.questions": N_("What is asked again"),
    "author": N_("Author"),
    "bring": N_("Bring with you"),
    "by_sms": N_("Asked and answered by text message alone"),
    "call": N_("Number to call first"),
    "code": N_("Code"),
    "coding.display": N_("Name in the terminology"),
    "coding.system": N_("Terminology"),
    "decimals": N_("Decimals"),
    "do": N_("Do"),
    "dont": N_("Do not"),
    "escalation.after_minutes": N_("An alert that nobody takes: handed on after minutes"),
    "escalation.level": N_("An alert that nobody takes: its level"),
    "escalation.to": N_("An alert that nobody takes: handed on to"),
    "exclusive": N_("Goes with no other answer"),
    "expected.from_day": N_("From day"),
    "expected.normal_today": N_("Normal on these days"),
    "expected.source": N_("Source"),
    "expected.to_day": N_("To day"),
    "expected.when_to_worry": N_("When to call"),
    "fasting.before": N_("Fasting counts back from"),
    "fasting.food": N_("Fasting: what"),
    "fasting.from_age": N_("Fasting: from age"),
    "fasting.hours": N_("Fasting: hours without"),
    "fasting.source": N_("Fasting: source"),
    "fasting.to_age": N_("Fasting: below age"),
    "follow_up_days": N_("Days of follow-up"),
    "foreign_id": N_("Name in the imported file"),
    "given_as": N_("Kind of answer in an imported file"),
    "heading": N_("Heading"),
    "help": N_("Explanation"),
    "high": N_("Highest"),
    "intro": N_("Introduction"),
    "key": N_("Code"),
    "kind": N_("Kind"),
    "languages": N_("Languages"),
    "level": N_("Level"),
    "licence": N_("Licence"),
    "link_id": N_("Code"),
    "low": N_("Lowest"),
    "maximum": N_("Highest number"),
    "may_miss": N_("Answers that may be missing"),
    "messages.again": N_("Text message: asked again"),
    "messages.invite": N_("Text message: invitation"),
    "messages.reminder": N_("Text message: reminder"),
    "minimum": N_("Lowest number"),
    "of": N_("Sum of"),
    "options.order": N_("Order of the answers"),
    "options.text": N_("Answer"),
    "phase": N_("Before or after the operation"),
    "questions.order": N_("Order of the questions"),
    "reason": N_("Reason for the nurse"),
    "required": N_("Must be answered"),
    "rules.order": N_("Order of the rules"),
    "score": N_("Counts"),
    "short": N_("Short name"),
    "show_when": N_("Asked only"),
    "source": N_("Source"),
    "stay_days": N_("Nights in hospital"),
    "steps.order": N_("Order of the contacts"),
    "system": N_("Terminology of the answer"),
    "text": N_("Question"),
    "timing.anchor": N_("Days are counted from"),
    "timing.day": N_("Day"),
    "timing.invite": N_("Text message at"),
    "timing.reminders": N_("Reminders"),
    "timing.silent": N_("No answer: noticed at"),
    "timing.then": N_("No answer: what follows"),
    "timing.useful_until": N_("Can be answered until (time)"),
    "timing.useful_until_day": N_("Can be answered until (day)"),
    "title": N_("Title"),
    "unit": N_("Unit"),
    "when": N_("Condition"),
}
"""By field, or by the part that it stands in and field."""
VALUES = {
    "anchor": {
        "operation": N_("the operation"),
        "admission": N_("the admission"),
        "discharge": N_("the discharge"),
    },
    "answered_by": {"patient": N_("the patient"), "parent": N_("a parent")},
    "before": {"arrival": N_("the arrival"), "operation": N_("the operation")},
    "call": {"unit": N_("the unit’s number"), "emergency": N_("the emergency number")},
    "food": {
        "solids": N_("Food"),
        "heavy_meal": N_("A heavy meal"),
        "light_meal": N_("A light meal"),
        "formula": N_("Infant formula"),
        "breast_milk": N_("Breast milk"),
        "clear_fluids": N_("Clear drinks"),
    },
    "given_as": {
        "coding": N_("a code"),
        "string": N_("a text"),
        "integer": N_("a whole number"),
        "date": N_("a date"),
        "time": N_("a time"),
    },
    "kind": {
        "boolean": N_("Yes or no"),
        "choice": N_("One answer of a list"),
        "multiple": N_("Several answers of a list"),
        "scale": N_("Scale (0 to 10)"),
        "number": N_("Number"),
        "text": N_("Free text"),
        "date": N_("Date"),
        "display": N_("Only a text to read"),
    },
    "level": {
        "red": N_("Red: call now"),
        "orange": N_("Orange: a nurse calls today"),
        "silent": N_("No answer"),
    },
    "phase": {"before": N_("before the operation"), "after": N_("after the operation")},
    "then": {"call": N_("a nurse calls"), "nothing": N_("nothing")},
    "to": {"coordinator": N_("the coordinator"), "surgeon": N_("the surgeon")},
}
"""Words of the codes of a field."""


def known(place: str) -> str | None:
    """Which of `LABELS` names the field at this place."""
    parts = place.split(".")
    with_part = (f"{part}.{parts[-1]}" for part in reversed(parts[:-1]))
    return next((name for name in (*with_part, parts[-1]) if name in LABELS), None)


def label(place: str, language: str) -> str:
    """The field in words; its bare name where nobody has given it any: nothing is hidden."""
    name = known(place)
    return place.rpartition(".")[2] if name is None else bootstrap.pages().words(LABELS[name], language)


def value(place: str, said: str, language: str) -> str:
    """What stands there: a code in words, anything else as it is."""
    words = VALUES.get(place.rpartition(".")[2], {}).get(said)
    return said if words is None else bootstrap.pages().words(words, language)
