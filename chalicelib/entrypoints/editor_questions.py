"""The forms of questions and of rules."""

from __future__ import annotations

from typing import get_args

from msgspec.structs import replace

from chalicelib.adapters.catalogue import documents
from chalicelib.domain import editing
from chalicelib.domain import editing_questions as asking
from chalicelib.domain.pathway import Pathway, Step
from chalicelib.domain.questionnaire import Coding, Kind, Option, Question
from chalicelib.domain.rules import AskAgain, Number, Rule
from chalicelib.entrypoints.editor_conditions import asked_in, read_condition
from chalicelib.entrypoints.editor_draft import Draft, Place
from chalicelib.entrypoints.editor_fields import Fields

KINDS: tuple[Kind, ...] = get_args(Kind)
MOST_OPTIONS = 30
MOST_DECIMALS = 3
LONGEST_WAIT = 1440


def change_question(draft: Draft, fields: Fields, do: str, what: str) -> tuple[Pathway, Place]:
    """A question of a step: added, changed, moved, copied or removed."""
    here, key, link_id = draft.document, draft.place.step, draft.place.item
    if do == "add":
        return _added(draft, fields)
    if do == "remove":
        gone = asking.remove_question(here, key, link_id, with_uses=what == "all")
        return gone, Place("step", key, words=draft.words)
    if do in {"up", "down"}:
        moved = asking.move_question(here, key, what or link_id, -1 if do == "up" else 1)
        return moved, replace(draft.place, part="question" if link_id else "step")
    made = asking.change_question(here, key, _question(fields, draft.question, draft.step))
    if do == "duplicate":
        made, copy = asking.duplicate_question(made, key, link_id)
        return made, replace(draft.place, item=copy)
    if do == "drop":
        made = asking.change_question(made, key, _without_option(made.step(key), link_id, what))
    return made, draft.place


def _added(draft: Draft, fields: Fields) -> tuple[Pathway, Place]:
    known = asking.library(documents().values()).get(fields.text("library"))
    text = fields.text("text")
    if known is None and not text:
        fields.problems["text"] = ("empty", "")
        return draft.document, replace(draft.place, part="step", item="")
    if known is None:
        kind = fields.one_of("kind", KINDS, "boolean")
        known = asking.blank({draft.words: text}, kind, asking.names_in(draft.step))
    made, link_id = asking.add_question(draft.document, draft.place.step, known)
    return made, replace(draft.place, item=link_id)


def _question(fields: Fields, old: Question, step: Step) -> Question:
    kind = fields.one_of("kind", KINDS, old.kind)
    low, high = fields.number("minimum", old.minimum), fields.number("maximum", old.maximum)
    return replace(
        old,
        kind=kind,
        text=fields.words("text", old.text),
        short=fields.words("short", old.short),
        help=fields.perhaps("help", old.help),
        heading=fields.perhaps("heading", old.heading),
        low=fields.perhaps("low", old.low),
        high=fields.perhaps("high", old.high),
        options=_options(fields, old) if asking.has_options(kind) else (),
        minimum=_limit(fields, "minimum", kind, low, old.minimum),
        maximum=_limit(fields, "maximum", kind, high, old.maximum),
        decimals=fields.whole("decimals", old.decimals, range(MOST_DECIMALS + 1)),
        unit=fields.text("unit", old.unit),
        required=fields.flag("required"),
        show_when=read_condition(fields, asked_in(step, old.link_id), old.show_when),
        coding=_coding(fields, old.coding),
    )


def _limit(fields: Fields, name: str, kind: Kind, new: Number, old: Number) -> Number:
    """The ends of a scale are whole numbers, and not so far apart that nobody could choose."""
    if kind == "scale" and not (isinstance(new, int) and 0 <= new <= 20):  # noqa: PLR2004 - twenty buttons
        fields.problems[name] = ("number", str(new))
        return old
    return new


def _options(fields: Fields, old: Question) -> tuple[Option, ...]:
    made: list[Option] = []
    known = old.options or asking.blank(old.text, "choice", ()).options
    for number in range(MOST_OPTIONS):
        before = known[number] if number < len(known) else None
        name = f"option.{number}"
        if before is None and not fields.text(f"{name}.text"):
            continue
        if before is None:
            text = {fields.language: fields.text(f"{name}.text")}
            code = editing.named(text[fields.language], {o.code for o in (*known, *made)}, "answer")
            made.append(Option(code, text))
        else:
            made.append(_option(fields, name, before))
    return tuple(made)


def _option(fields: Fields, name: str, old: Option) -> Option:
    if f"{name}.text" not in fields.form:
        return old
    typed = fields.text(f"{name}.score", "" if old.score is None else str(old.score))
    return replace(
        old,
        text=fields.words(f"{name}.text", old.text),
        score=fields.number(f"{name}.score", old.score or 0) if typed else None,
        exclusive=fields.flag(f"{name}.exclusive"),
    )


def _without_option(step: Step, link_id: str, code: str) -> Question:
    question = step.questionnaire.question(link_id)
    return replace(question, options=tuple(o for o in question.options if o.code != code))


def _coding(fields: Fields, old: Coding) -> Coding:
    code = fields.text("coding.code", old.code)
    system = fields.one_of("coding.system", ("LN", "L"), old.system)
    return Coding(system, code or old.code, fields.text("coding.display", old.display) or old.display)


def change_rule(draft: Draft, fields: Fields, do: str, what: str) -> tuple[Pathway, Place]:
    """A rule of a step: added, changed, moved, copied or removed."""
    here, key, rule_key = draft.document, draft.place.step, draft.place.item
    if do == "add":
        if fields.text("about") not in asked_in(draft.step):
            fields.problems["about"] = ("choose", "")
            return here, replace(draft.place, part="step", item="")
        made, new = asking.add_rule(here, key, fields.text("about"), draft.words)
        return made, replace(draft.place, item=new)
    rules = draft.step.rules
    if do in {"up", "down"}:
        at = asking.rule_place(rules, what or rule_key)
        moved = asking.with_rules(here, key, editing.moved(rules, at, -1 if do == "up" else 1))
        return moved, replace(draft.place, part="rule" if rule_key else "step")
    if do == "remove":
        left = editing.swapped(rules, asking.rule_place(rules, rule_key), None)
        return asking.with_rules(here, key, left), Place("step", key, words=draft.words)
    made = asking.change_rule(here, key, _rule(fields, draft.rule, draft.step))
    if do == "duplicate":
        made, copy = asking.duplicate_rule(made, key, rule_key)
        return made, replace(draft.place, item=copy)
    return made, draft.place


def _rule(fields: Fields, old: Rule, step: Step) -> Rule:
    return replace(
        old,
        level=fields.one_of("level", ("red", "orange"), old.level),
        when=read_condition(fields, asked_in(step), old.when) or old.when,
        reason=fields.words("reason", old.reason),
        advice=fields.words("advice", old.advice),
        source=fields.text("source", old.source),
        call=fields.one_of("call", ("unit", "emergency"), old.call),
        ask_again=_ask_again(fields, old, step),
    )


def _ask_again(fields: Fields, old: Rule, step: Step) -> AskAgain | None:
    """Minutes and at least one question; otherwise the alert is raised at once."""
    names = [q.link_id for q in step.questionnaire.questions if fields.flag(f"again.{q.link_id}")]
    known = old.ask_again.after_minutes if old.ask_again else 0
    if not (fields.text("again.after") and names):
        return None
    minutes = fields.whole("again.after", known or 60, range(1, LONGEST_WAIT + 1))
    return AskAgain(minutes, tuple(names))
