"""Conditions in words and as lines: what a clinician reads is what the evaluator does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.alternatives import alternatives, changed, condition_of
from chalicelib.domain.rules import All, AnyOf, Change, Compare, Condition, Earlier, holds
from chalicelib.domain.sentences import in_words
from tests.examples import PATHWAY

AFTER = PATHWAY.step("after")


@pytest.mark.parametrize(
    ("condition", "french", "english"),
    [
        (Compare("pain", "ge", 7), "si « Douleur » est de 7 ou plus", "if “Pain” is 7 or more"),
        (Compare("pain", "lt", 38.5), "si « Douleur » est de moins de 38,5", "if “Pain” is less than 38.5"),
        (
            All((Compare("pain", "ge", 4), Compare("pain", "le", 6), Compare("urine", "ne", "yes"))),
            "si « Douleur » est entre 4 et 6 et « Urines » n’est pas « Oui »",
            "if “Pain” is between 4 and 6 and “Urine” is not “Yes”",
        ),
        (
            Compare("urine", "in", ("yes", "no_short")),
            "si « Urines » est « Oui » ou « no_short »",
            "if “Urine” is “Yes” or “no_short”",
        ),
        (
            AnyOf((Compare("gone", "eq", value=True), Compare("pain", "gt", 3))),
            "si « gone » est « oui », ou « Douleur » est de plus de 3",
            "if “gone” is “yes”, or “Pain” is more than 3",
        ),
        (
            Change("pain", "baseline", "ge", 2),
            "si « Douleur » a augmenté de 2 ou plus depuis la première réponse",
            "if “Pain” has risen by 2 or more since the first answer",
        ),
        (
            Change("pain", "previous", "lt", -1),
            "si « Douleur » a baissé de plus de 1 depuis la réponse précédente",
            "if “Pain” has fallen by more than 1 since the answer before",
        ),
        (
            Change("pain", "previous", "ge", 0),
            "si « Douleur », l’écart depuis la réponse précédente est de 0 ou plus",
            "if “Pain”, the difference since the answer before is 0 or more",
        ),
    ],
)
def test_a_condition_in_words(condition, french, english):
    assert in_words(condition, AFTER, "fr").replace("\xa0", " ") == french
    assert in_words(condition, AFTER, "en") == english
    assert in_words(condition, AFTER, "ar").startswith("if ")


parts = st.one_of(
    st.builds(Compare, st.sampled_from("ab"), st.sampled_from(["ge", "lt", "eq"]), st.integers(0, 3)),
    st.builds(Change, st.sampled_from("ab"), st.just("baseline"), st.just("ge"), st.integers(-1, 1)),
)
conditions: st.SearchStrategy[Condition] = st.recursive(
    parts,
    lambda inner: st.one_of(
        st.builds(All, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)
said = st.dictionaries(st.sampled_from("ab"), st.integers(0, 3))


@given(conditions, said, said)
def test_lines_mean_the_same(condition, answers, first):
    flat = condition_of(alternatives(condition))
    earlier = Earlier(baseline=first)
    assert holds(flat, answers, earlier) is holds(condition, answers, earlier)
    assert changed(condition, alternatives(condition)) is condition


def test_no_lines_are_no_condition():
    assert condition_of(((), ())) is None
    assert alternatives(None) == ()
