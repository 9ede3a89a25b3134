"""What a text message means, word by word, and what it never means."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.episode.state import StepState
from chalicelib.domain.questionnaire import checked
from chalicelib.domain.replies import MEANINGS, WORDS, answer_to, asked, choices, fits, plain, read
from tests.examples import PATHWAY
from tests.short_contact import SHORT

PAIN, CALLED, FEELING = SHORT.steps[0].questionnaire.questions


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("OK", "yes"),
        (" ok !! ", "yes"),
        ("« Oui »", "yes"),
        ("D’accord.", "yes"),
        ("oui merci", "yes"),
        ("OK, merci beaucoup", "yes"),
        ("👍", "yes"),
        ("👍🏽", "yes"),
        ("Evet", "yes"),
        ("نعم", "yes"),
        ("Sí", "yes"),
        ("NON", "no"),
        ("Não", "no"),
        ("HAYIR", "no"),
        ("hayır", "no"),
        ("لا", "no"),
        ("STOP", "stop"),
        ("'STOP'", "stop"),
        ("Stop.", "stop"),
        ("arrêt", "stop"),
        ("ARRÊTER", "stop"),
        ("STOPP", "stop"),
        ("unsubscribe", "stop"),
        ("قف", "stop"),
        ("إيقاف", "stop"),
        ("قـــف", "stop"),
        ("Basta!", "stop"),
        ("DURDUR", "stop"),
        ("Oprește", "stop"),
        ("Parar", "stop"),
        ("Sair", "stop"),
        ("Abmelden", "stop"),
        ("Arrêt de travail, s'il vous plaît", "other"),
        ("REPRISE", "start"),
        ("Start", "start"),
        ("AIDE", "help"),
        ("Help!", "help"),
        ("Merci !", "thanks"),
        ("", "other"),
        ("🙂", "other"),
        ("merci de me rappeler", "other"),
        ("non stop depuis hier", "other"),
        ("je veux que ça stop", "other"),
        ("annuler", "other"),
        ("cancel", "other"),
        ("oui mais j'ai de la fièvre", "other"),
        ("ok pour demain mais à quelle heure ?", "other"),
        ("-3", "other"),
        ("8,5", "other"),
        ("8 ou 9", "other"),
        ("06 00 00 00 01", "other"),
    ],
)
def test_words(text: str, meaning: str) -> None:
    assert read(text).meaning == meaning


@pytest.mark.parametrize(
    ("text", "number"), [("8", 8), (" 8. ", 8), ("8/10", 8), ("10", 10), ("« 0 »", 0), ("٧", 7)]
)
def test_numbers(text: str, number: int) -> None:
    assert (read(text).meaning, read(text).number) == ("number", number)


def test_what_follows_a_stop_has_to_be_read() -> None:
    assert read("STOP").is_more is False
    found = read("Stop, j'ai mal au ventre")
    assert (found.meaning, found.is_more) == ("stop", True)


def test_no_word_has_two_meanings_and_each_is_written_plainly() -> None:
    said = [
        (word, meaning)
        for meaning, languages in WORDS.items()
        for words in languages.values()
        for word in set(words.split(", "))
    ]
    meanings = Counter(word for word, _ in set(said))
    assert [word for word, count in meanings.items() if count > 1] == []
    assert [word for word in MEANINGS if plain(word) != word] == []


@given(st.sampled_from(sorted(MEANINGS)), st.sampled_from(["{}", " {} ", "{}!", "«{}»", '"{}"', "{}.\n"]))
def test_case_quotes_and_marks_change_nothing(word: str, around: str) -> None:
    assert read(around.format(word.upper())).meaning == MEANINGS[word]


@given(st.text(max_size=200))
def test_any_text_is_understood_or_left_to_a_person(text: str) -> None:
    said = read(text)
    if said.meaning == "stop":
        assert plain(text) in MEANINGS or plain(text).split()[0] in {
            "stop",
            "stopp",
            "unsubscribe",
            "قف",
        }
    for question in (PAIN, CALLED, FEELING):
        answer = answer_to(question, said)
        assert answer is None or checked(question, answer) == answer


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("1", (1, True, "well")),
        ("2", (2, False, "same")),
        ("4", (4, None, None)),
        ("11", (None, None, None)),
        ("oui", (None, True, None)),
        ("NON", (None, False, None)),
        ("moins bien", (None, None, "worse")),
        ("Worse!", (None, None, "worse")),
        ("très mal", (None, None, None)),
    ],
)
def test_answers(text: str, answers: tuple[object, ...]) -> None:
    assert tuple(answer_to(question, read(text)) for question in (PAIN, CALLED, FEELING)) == answers


def test_how_each_question_can_be_answered() -> None:
    shown = [choices(question, "fr") for question in (PAIN, CALLED, FEELING)]
    assert shown == ["0-10", "1 oui, 2 non", "1 Bien, 2 Pareil, 3 Moins bien"]
    assert choices(CALLED, "ar") == "1 yes, 2 no"


def test_which_question_a_text_answers() -> None:
    coming = asked(PATHWAY.step("before"), StepState())
    assert coming is not None
    assert coming.link_id == "coming"
    assert asked(PATHWAY.step("after"), StepState()) is None
    short = SHORT.steps[0]
    assert asked(short, StepState()) == PAIN
    assert asked(short, StepState(question="called")) == CALLED


def test_only_short_contacts_fit() -> None:
    assert fits(SHORT.steps[0])
    assert not any(fits(step) for step in PATHWAY.steps)
