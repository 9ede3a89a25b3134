"""What patients write, as answers."""

from __future__ import annotations

import pytest

from chalicelib.domain.errors import InvalidAnswer
from chalicelib.domain.explain import answer_in_words
from chalicelib.domain.questionnaire import Coding, Option, Question
from chalicelib.entrypoints.reading import read_answer

OPTIONS = tuple(Option(code, {"fr": code.upper()}, exclusive=code == "none") for code in ("a", "b", "none"))


def question(kind: str, **more) -> Question:
    words = {"fr": "?", "en": "?"}
    return Question("q", kind, words, Coding("L", "Q", "Q"), words, **({"options": OPTIONS} | more))


TEMPERATURE = question("number", options=(), minimum=33, maximum=43.5, decimals=1, unit="°C")
STEPS = question("number", options=(), minimum=-5, maximum=20000, unit="pas")
MANY = question("multiple")
DAY = question("date", options=())


@pytest.mark.parametrize(
    ("asked", "given", "answer"),
    [
        (TEMPERATURE, "37,5", 37.5),
        (TEMPERATURE, "37.5 °C", 37.5),
        (TEMPERATURE, "٣٧٫٥", 37.5),
        (TEMPERATURE, "38", 38),
        (TEMPERATURE, "38,0", 38),
        (STEPS, "1 200", 1200),
        (STEPS, "1 200 pas", 1200),
        (STEPS, "−2", -2),
        (MANY, ("a", "b"), ("a", "b")),
        (MANY, ("none",), ("none",)),
        (DAY, ("2", "mars", "2026"), "2026-03-02"),
        (DAY, ("٢", "3", "2026"), "2026-03-02"),
        (question("boolean", required=False), "", ""),
        (question("number", required=False), "", ""),
        (question("multiple", required=False), (), ()),
        (question("date", required=False), ("", "", ""), ""),
        (question("scale", required=False), "", ""),
    ],
)
def test_is_understood(asked, given, answer):
    read = read_answer(asked, given)
    assert (read, type(read)) == (answer, type(answer))


@pytest.mark.parametrize(
    ("asked", "given", "reason"),
    [
        (TEMPERATURE, "44", "range"),
        (TEMPERATURE, "-37", "range"),
        (TEMPERATURE, "37,55", "decimals"),
        (TEMPERATURE, "warm", "unknown"),
        (TEMPERATURE, "", "required"),
        (STEPS, "1,200", "decimals"),
        (STEPS, "1.0", "decimals"),
        (MANY, (), "required"),
        (MANY, ("a", "none"), "together"),
        (MANY, ("c",), "unknown"),
        (DAY, ("31", "2", "2026"), "unknown"),
        (DAY, ("3", "", "2026"), "unknown"),
        (DAY, ("", "", ""), "required"),
        (question("boolean"), "maybe", "unknown"),
        (question("scale"), "11", "range"),
        (question("display"), "x", "unknown"),
        (question("display", required=False), "", "required"),
    ],
)
def test_is_refused_with_a_reason(asked, given, reason):
    with pytest.raises(InvalidAnswer) as refused:
        read_answer(asked, given)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("asked", "answer", "french", "english"),
    [
        (TEMPERATURE, 37.5, "37,5 °C", "37.5 °C"),
        (MANY, ("a", "b"), "A, B", "A, B"),
        (MANY, (), "", ""),
        (DAY, "2026-03-01", "1er mars 2026", "1 March 2026"),
        (DAY, "", "", ""),
        (question("boolean"), False, "non", "no"),
    ],
)
def test_is_said_in_words(asked, answer, french, english):
    assert answer_in_words(asked, answer, "fr") == french
    assert answer_in_words(asked, answer, "en") == english
