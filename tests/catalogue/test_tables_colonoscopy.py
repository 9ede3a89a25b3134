"""The clinical table of colonoscopy: the diet before, the belly and the blood after."""

from __future__ import annotations

import pytest

from tests.catalogue.answering import STEPS, level


@pytest.mark.parametrize(
    ("step", "answers", "expected"),
    [
        ("diet", {"medicines_plan": "no"}, "orange"),
        ("diet", {"diet": False}, "orange"),
        ("diet", {"product": False}, "orange"),
        ("before", {"prep": "no_product"}, "orange"),
        ("before", {"prep": "no_diet"}, "orange"),
        ("after", {"belly": "bloated"}, "orange"),
        ("after", {"belly": "bloated", "fever": "mild"}, "red"),
        ("after", {"belly": "hard"}, "red"),
        ("after", {"stool": "trace"}, "orange"),
        ("after", {"stool": "black"}, "red"),
        ("after", {"stool": "heavy"}, "red"),
        ("after", {"pain": 4, "fever": "mild"}, "red"),
        ("after", {"pain": 4, "painkillers": "none_left"}, "orange"),
        ("after", {"thinner_restart": "none"}, "green"),
        ("after", {"thinner_restart": "no"}, "orange"),
        ("day3", {"belly": "bloated"}, "orange"),
        ("day3", {"belly": "hard"}, "red"),
        ("day7", {"stool": "heavy"}, "red"),
        ("day7", {"fever": "shivers"}, "red"),
        ("day7", {"signs": "faint"}, "red"),
        ("day14", {"polyp": "no"}, "green"),
        ("day14", {"polyp": "no", "stool": "heavy"}, "green"),  # left the path
        ("day14", {"polyp": "yes", "stool": "trace"}, "orange"),
        ("day14", {"polyp": "yes", "stool": "black"}, "red"),
        ("day14", {"polyp": "unsure", "stool": "heavy"}, "red"),
        ("day14", {"pain": 4}, "orange"),
        ("day14", {"pain": 7}, "red"),
    ],
)
def test_colonoscopy(step, answers, expected):
    assert level(STEPS[f"colonoscopy/{step}"], **answers) == expected
