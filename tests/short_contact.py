"""A pathway whose one contact is answered by text message alone."""

from __future__ import annotations

from msgspec.structs import replace

from chalicelib.domain.pathway import Pathway
from chalicelib.domain.questionnaire import Coding, Option, Question, Questionnaire
from chalicelib.domain.rules import AskAgain, Compare, Rule
from tests.examples import PATHWAY


def _question(link_id: str, kind: str, fr: str, en: str, *options: tuple[str, str, str]) -> Question:
    return Question(
        link_id=link_id,
        kind=kind,  # type: ignore[arg-type]
        text={"fr": fr, "en": en},
        coding=Coding("L", link_id, link_id),
        short={"fr": fr, "en": en},
        options=tuple(Option(code, {"fr": one, "en": other}) for code, one, other in options),
    )


_SEVERE = Rule(
    key="severe",
    level="red",
    when=Compare("pain", "ge", 7),
    reason={"fr": "Douleur {pain}/10", "en": "Pain {pain}/10"},
    advice={"fr": "Appelez-nous.", "en": "Call us."},
    source="test",
)
_MODERATE = replace(
    _SEVERE,
    key="moderate",
    level="orange",
    when=Compare("pain", "in", (5, 6)),
    ask_again=AskAgain(after_minutes=60, questions=("pain",)),
)
SHORT: Pathway = replace(
    PATHWAY,
    code="short-contact",
    steps=(
        replace(
            PATHWAY.step("after"),
            by_sms=True,
            rules=(_SEVERE, _MODERATE),
            questionnaire=Questionnaire(
                (
                    _question("pain", "scale", "Avez-vous mal?", "Any pain?"),
                    _question("called", "boolean", "Avez-vous appelé?", "Did you call?"),
                    _question(
                        "feeling",
                        "choice",
                        "Depuis hier?",
                        "Since yesterday?",
                        ("well", "Bien", "Well"),
                        ("same", "Pareil", "Same"),
                        ("worse", "Moins bien", "Worse"),
                    ),
                )
            ),
        ),
    ),
)
