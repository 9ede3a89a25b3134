"""Questionnaires of every kind, for laws: whatever a team can write, and answers to it."""

from __future__ import annotations

from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.questionnaire import Coding, Kind, Option, Question, Questionnaire, Score
from chalicelib.domain.rules import All, Answers, AnyOf, Change, Compare, Condition

LANGUAGES = ("fr", "en", "ar")
NAMES = ("pain", "wound_2", "fever", "steps", "since", "other", "a", "b1")
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)
words = st.dictionaries(st.sampled_from(LANGUAGES), texts, min_size=1)
numbers = st.one_of(st.integers(-50, 5000), st.floats(-50, 5000, width=16))


def ranges(decimals: int) -> st.SearchStrategy[list[float]]:
    """Lowest and highest number, in as many decimals as the question has."""
    whole = st.integers(-500, 50_000)
    some = whole.map(lambda number: number / 10**decimals) if decimals else whole
    return st.lists(some, min_size=2, max_size=2).map(sorted)


@st.composite
def options(draw) -> tuple[Option, ...]:
    codes = draw(st.lists(texts, min_size=1, max_size=4, unique=True))
    return tuple(
        Option(code, draw(words), draw(st.none() | st.integers(0, 9) | st.just(1.5)), draw(st.booleans()))
        for code in codes
    )


def values_of(question: Question) -> st.SearchStrategy:
    """What the question can be compared with."""
    match question.kind:
        case "boolean":
            return st.booleans()
        case "choice" | "multiple":
            return st.sampled_from([option.code for option in question.options] + ["gone"])
        case "scale" | "number":
            return numbers
        case _:
            return texts


@st.composite
def compares(draw, earlier: tuple[Question, ...]) -> Compare:
    question = draw(st.sampled_from(earlier))
    value = values_of(question)
    op = draw(st.sampled_from(("eq", "ne", "lt", "le", "gt", "ge", "in")))
    if op == "in":
        return Compare(question.link_id, op, tuple(draw(st.lists(value, min_size=1, max_size=3))))
    return Compare(question.link_id, op, draw(value))


def conditions(earlier: tuple[Question, ...]) -> st.SearchStrategy[Condition]:
    plain = compares(earlier) | st.builds(
        Change, st.just("pain"), st.just("previous"), st.just("ge"), st.just(2.0)
    )
    some = plain | st.just(Compare("a_score", "ge", 3))

    def joined(inner):
        several = st.lists(inner, min_size=1, max_size=3).map(tuple)
        return st.builds(All, several) | st.builds(AnyOf, several)

    return st.recursive(some, joined, max_leaves=4)


@st.composite
def questions(draw, link_id: str, earlier: tuple[Question, ...]) -> Question:
    kinds: tuple[Kind, ...] = ("boolean", "choice", "multiple", "scale", "number", "text", "date", "display")
    kind = draw(st.sampled_from(kinds))
    decimals = draw(st.integers(0, 2)) if kind == "number" else 0
    limits = {}
    if kind == "scale":
        limits = {"minimum": draw(st.integers(0, 3)), "maximum": draw(st.integers(4, 20))}
    if kind == "number":
        limits = dict(zip(("minimum", "maximum"), draw(ranges(decimals)), strict=True))
    return Question(
        link_id=link_id,
        kind=kind,
        text=draw(words),
        coding=Coding(draw(st.sampled_from(("LN", "L"))), draw(texts), draw(texts)),
        short=draw(words),
        help=draw(st.none() | words),
        options=draw(options()) if kind in {"choice", "multiple"} else (),
        decimals=decimals,
        unit=draw(st.sampled_from(("", "°C", "/min", "pas"))) if kind == "number" else "",
        low=draw(st.none() | words) if kind == "scale" else None,
        high=draw(st.none() | words) if kind == "scale" else None,
        required=kind == "display" or draw(st.booleans()),
        show_when=draw(st.none() | conditions(earlier)) if earlier else None,
        heading=draw(st.none() | st.sampled_from(({"fr": "Douleur"}, {"fr": "Plaie", "en": "Wound"}))),
        foreign_id=draw(st.sampled_from(("", f"/{link_id}.1"))),
        **limits,
    )


@st.composite
def questionnaires(draw) -> Questionnaire:
    made: tuple[Question, ...] = ()
    for link_id in draw(st.lists(st.sampled_from(NAMES), max_size=6, unique=True)):
        made = (*made, draw(questions(link_id, made)))
    counted = tuple(question.link_id for question in made)
    score = st.builds(
        Score, st.just("a_score"), words, st.just(counted), st.integers(0, 2), st.just("") | texts
    )
    return Questionnaire(made, draw(st.lists(score, max_size=2).map(tuple)))


@st.composite
def branching(draw) -> Questionnaire:
    """Two questions, and a third one that depends on them."""
    first = draw(questions("pain", ()))
    second = draw(questions("fever", ()))
    part = compares((first, second))
    several = st.lists(part, min_size=1, max_size=3).map(tuple)
    condition = draw(part | st.builds(All, several) | st.builds(AnyOf, several))
    third = replace(draw(questions("steps", ())), show_when=condition)
    return Questionnaire((first, second, third))


@st.composite
def answers_to(draw, questionnaire: Questionnaire) -> Answers:
    """An answer to some of them, as they are handed in."""
    made: Answers = {}
    for question in questionnaire.questions:
        if question.kind == "display" or draw(st.booleans()):
            continue
        match question.kind:
            case "boolean":
                made[question.link_id] = draw(st.booleans())
            case "choice":
                made[question.link_id] = draw(st.sampled_from(question.options)).code
            case "multiple":
                some = st.lists(st.sampled_from(question.options), min_size=1, max_size=1)
                made[question.link_id] = tuple(option.code for option in draw(some))
            case "scale":
                made[question.link_id] = draw(st.integers(question.minimum, question.maximum))
            case "number":
                made[question.link_id] = question.minimum
            case "date":
                made[question.link_id] = draw(st.dates()).isoformat()
            case _:
                made[question.link_id] = draw(texts)
    return made
