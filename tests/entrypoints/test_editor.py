"""The editor through its own doors: forms as a browser sends them, on a hospital in memory."""

from __future__ import annotations

import gzip

import msgspec
import pytest

from chalicelib.adapters.pages import STATIC, manifest
from chalicelib.application.access import Forbidden, NotThere
from chalicelib.domain.errors import UnknownStep
from chalicelib.domain.pathway import Escalation, Reminder
from chalicelib.domain.rules import All, AskAgain, Change, Compare
from tests.desk import Desk, Form

PAGES = (
    "", "/step?step=after", "/step?step=before", "/question?step=after&item=pain", "/rule?step=after&item=pain_rising",
    "/told?step=before", "/messages?step=after", "/words", "/words?step=after", "/about", "/expected",
    "/scores?step=after", "/check", "/remove?step=after&item=pain",
)  # fmt: skip
FORMS = [page for page in PAGES if not page.startswith(("/words", "/check", "/remove"))]


@pytest.fixture
def desk() -> Desk:
    return Desk().begin()


def rule(desk: Desk, key: str):
    return next(rule for rule in desk.document.step("after").rules if rule.key == key)


def question(desk: Desk, link_id: str):
    return desk.document.step("after").questionnaire.question(link_id)


@pytest.mark.parametrize("page", FORMS)
@pytest.mark.parametrize("words", ["fr", "en"])
def test_a_form_that_nobody_touched_changes_nothing(desk, page, words):
    before, revision = msgspec.json.encode(desk.document), desk.version.revision
    desk.fill(f"{page or '/time'}{'&' if '?' in page else '?'}words={words}")
    assert desk.status == 200
    assert msgspec.json.encode(desk.document) == before
    assert desk.version.revision == revision


def test_a_threshold_is_changed_and_undone(desk):
    kept = msgspec.json.encode(desk.document)
    desk.fill("/rule?step=after&item=pain_severe", **{"when.0.value": "8"})
    assert rule(desk, "pain_severe").when == Compare("pain", "ge", 8)
    assert "if “Pain” is 8 or more → Red: call now" in desk.text
    desk.post("/rule?step=after&item=pain_severe", {"revision": str(desk.version.revision), "steps": "-1"})
    assert msgspec.json.encode(desk.document) == kept
    assert "if “Pain” is 7 or more" in desk.text
    desk.post("/about", {"revision": str(desk.version.revision), "steps": "1"})
    assert rule(desk, "pain_severe").when == Compare("pain", "ge", 8)


def test_a_rule_is_built_in_lines(desk):
    here = "/rule?step=after&item=pain_severe"
    desk.fill(here, **{"when.1.about": "urine", "when.1.join": "and"})
    assert rule(desk, "pain_severe").when == All(
        (Compare("pain", "ge", 7), Compare("urine", "eq", "no_over_8h"))
    )
    form = Form.of(desk.get(here).page)
    assert form["when.1.code.no_over_8h"] == "on"
    desk.fill(here, **{"when.1.code.no_under_8h": "on", "when.0.op": "rise-baseline", "when.0.value": "2,5"})
    when = rule(desk, "pain_severe").when
    assert when.of[0] == Change("pain", "baseline", "ge", 2.5)
    assert set(when.of[1].value) == {"no_over_8h", "no_under_8h"}
    desk.fill(here, **{"when.0.about": ""})
    assert rule(desk, "pain_severe").when == when.of[1]
    desk.fill(here, **{"again.after": "60", "again.pain": "on", "level": "orange", "call": "emergency"})
    changed = rule(desk, "pain_severe")
    assert (changed.level, changed.call, changed.ask_again) == (
        "orange",
        "emergency",
        AskAgain(60, ("pain",)),
    )


def test_a_line_without_an_answer_is_told_and_the_old_one_stays(desk):
    key = next(
        r.key for r in desk.document.step("after").rules if r.when == Compare("urine", "eq", "no_over_8h")
    )
    here, before = f"/rule?step=after&item={key}", rule(desk, key)
    desk.fill(here, **{"when.0.code.no_over_8h": None})
    assert desk.status == 400
    assert "Choose at least one" in desk.text
    assert rule(desk, key) == before


def test_questions_are_added_changed_and_removed(desk):
    desk.post(
        "/question?step=after",
        {"revision": str(desk.version.revision), "do": "add", "text": "Can you sleep?", "kind": "choice"},
    )
    assert "Can you sleep?" in desk.page
    link_id = "can_you_sleep"
    here = f"/question?step=after&item={link_id}"
    desk.fill(here, **{"option.0.text": "Well", "option.1.text": "Badly", "option.2.text": "Not at all"})
    assert [o.code for o in question(desk, link_id).options] == ["1", "2", "not_at_all"]
    desk.fill(here, do="drop:2", required=None)
    assert [o.text["en"] for o in question(desk, link_id).options] == ["Well", "Not at all"]
    assert not question(desk, link_id).required
    desk.fill(f"{here}&words=fr", text="Dormez-vous ?", short="Sommeil")
    assert question(desk, link_id).text == {"en": "Can you sleep?", "fr": "Dormez-vous ?"}
    desk.fill(here, **{"when.0.about": "pain"})
    assert question(desk, link_id).show_when == Compare("pain", "ge", 10)
    desk.get(f"/remove?step=after&item={link_id}")
    assert "Nothing else looks at it." in desk.text
    desk.post(here, {"revision": str(desk.version.revision), "do": "remove"})
    assert link_id not in [q.link_id for q in desk.document.step("after").questionnaire.questions]


def test_removing_a_question_names_its_rules_first(desk):
    desk.get("/remove?step=after&item=pain")
    assert "These rules look at it:" in desk.text
    assert "they would be asked to everybody" in desk.text
    form = {"revision": str(desk.version.revision), "do": "remove"}
    desk.post("/question?step=after&item=pain", form)
    assert "to correct before publishing" in desk.text
    desk.post("/question?step=after&item=pain", {"revision": str(desk.version.revision), "steps": "-1"})
    desk.post(
        "/question?step=after&item=pain", form | {"revision": str(desk.version.revision), "do": "remove:all"}
    )
    assert "Nothing to correct" in desk.text


def test_a_known_question_comes_from_the_library(desk):
    desk.post(
        "/question?step=after",
        {"revision": str(desk.version.revision), "do": "add", "library": "VIGIE-EYE", "text": ""},
    )
    added = [q for q in desk.document.step("after").questionnaire.questions if q.coding.code == "VIGIE-EYE"]
    assert len(added) == 1


def test_when_a_contact_speaks(desk):
    desk.fill(
        "/step?step=after",
        day="2", invite="09:00", silent="17:00", also_on="5, 9", then="nothing", anchor="discharge", useful_until="",
        **{"reminder.0.at": "11:00", "reminder.1.after": "", "title": "And now?"},
    )  # fmt: skip
    step = desk.document.step("after")
    assert (step.timing.day, step.timing.invite, step.timing.silent) == (2, "09:00", "17:00")
    assert (step.also_on, step.timing.then, step.timing.anchor) == ((5, 9), "nothing", "discharge")
    assert step.timing.reminders == (Reminder(at="11:00"),)
    assert step.timing.useful_until is None
    assert step.title["en"] == "And now?"


def test_what_does_not_fit_is_told_and_the_rest_is_saved(desk):
    desk.fill("/step?step=after", invite="25:99", also_on="soon", silent="16:30")
    assert desk.status == 400
    assert "Write a time such as 14:30 (25:99)" in desk.text
    assert "Write days such as 3, 7, 30 (soon)" in desk.text
    timing = desk.document.step("after").timing
    assert (timing.invite, timing.silent) == ("10:00", "16:30")


def test_contacts_are_added_copied_and_removed(desk):
    desk.fill("", do="add", title="A week later", day="7")
    assert "a_week_later" in [step.key for step in desk.document.steps]
    desk.fill("/step?step=a_week_later", do="duplicate")
    assert [step.timing.day for step in desk.document.steps] == [-1, 1, 3, 7, 7, 8, 30]
    desk.fill("/step?step=a_week_later_2", do="remove")
    assert len(desk.document.steps) == 6
    desk.fill("", do="add", title="")
    assert desk.status == 400


def test_instructions_messages_scores_and_the_rest(desk):
    desk.fill("/told?step=before", bring="A book\n\n  Slippers ", **{"fast.0.hours": "7"})
    told = desk.document.step("before").instructions
    assert told.bring["en"] == ("A book", "Slippers")
    assert told.fasting.rules[0].hours == 7
    desk.fill("/messages?step=after", invite="{unit}: how are you? {link} Tel {phone}")
    assert desk.document.step("after").messages == {
        "invite": {"en": "{unit}: how are you? {link} Tel {phone}"}
    }
    assert "GSM-7" in desk.text
    desk.fill("/scores?step=after", do="add", new="Comfort")
    desk.fill("/scores?step=after", **{"0.of.pain": "on", "0.may_miss": "1"})
    (score,) = desk.document.step("after").questionnaire.scores
    assert (score.key, score.of, score.may_miss) == ("comfort", ("pain",), 1)
    desk.fill("/expected", do="add", **{"0.normal": "A little tired"})
    assert desk.document.expected[0].normal_today["en"] == ("A little tired",)
    desk.fill("/about", title="Hernia", follow_up_days="40", **{"hand.0.after": "25", "hand.0.to": "surgeon"})
    assert desk.document.title["en"] == "Hernia"
    assert desk.document.escalation[0] == Escalation("red", 25, "surgeon")
    assert len(desk.document.escalation) == 3


def test_a_new_language_is_counted_until_it_is_complete(desk):
    desk.fill("/about", do="speak", language="ar")
    assert "العربية 0 %" in desk.text.replace("\xa0", " ").replace("&nbsp;", " ")
    missing = desk.get("/words?only=missing").page.count('class="v-pair"')
    row = {"revision": str(desk.version.revision), "text": "title", "said.ar": "فتق"}
    desk.post("/words?only=missing", row)
    assert desk.document.title["ar"] == "فتق"
    assert desk.page.count('class="v-pair"') == missing - 1
    desk.fill("/about", do="silence:ar")
    assert desk.document.languages == ("fr", "en")


class TestTwoAtOnce:
    """The second to save is asked, and loses nothing."""

    def test_the_form_comes_back_with_both_choices(self, desk):
        here = "/rule?step=after&item=pain_severe"
        mine = Form.of(desk.get(here).page) | {"when.0.value": "9"}
        desk.colleague("surgeon-1").fill("/about", title="Another title")
        desk.post(here, mine)
        assert desk.status == 409
        assert "Chirurgien Démo saved this pathway while you were writing" in desk.text
        assert rule(desk, "pain_severe").when == Compare("pain", "ge", 7)
        kept = Form.of(desk.page.replace('<form method="post"', '<form id="edit" method="post"'))
        desk.post(here, kept | {"over": str(desk.version.revision)})
        assert rule(desk, "pain_severe").when == Compare("pain", "ge", 9)
        assert desk.document.title["en"] == "Another title"

    def test_a_script_is_told_the_same(self, desk):
        here = "/question?step=after&item=pain"
        mine = Form.of(desk.get(here).page) | {"text": "Ache?"}
        desk.colleague("surgeon-1").fill("/about", title="Another title")
        desk.post(here, mine, live=True)
        assert (desk.status, desk.page.startswith("<!DOCTYPE")) == (409, False)
        assert "Not saved: Chirurgien Démo has saved since" in desk.text
        desk.post(here, mine | {"over": str(desk.version.revision)}, live=True)
        assert question(desk, "pain").text["en"] == "Ache?"


def test_what_a_script_fetches_is_only_what_changed(desk):
    here = "/question?step=after&item=pain"
    desk.fill(here, live=True, text="Does it hurt?", help="", **{"when.0.about": "feeling"})
    assert "<html" not in desk.page
    assert f'data-revision="{desk.version.revision}"' in desk.page
    assert "Does it hurt?" in desk.page
    assert 'id="line-1" data-in="lines"' in desk.page
    assert "only if" not in desk.text
    desk.fill(here, live=True, minimum="ten")
    assert "Saved, but for one field" in desk.text


def test_who_may_write(desk):
    nurse = desk.colleague("nurse-2")
    assert "Surgeons and coordinators can change it." in nurse.get("/step?step=after").text
    assert 'id="saved"' not in nurse.page
    with pytest.raises(Forbidden):
        nurse.post("/about", {"title": "x", "revision": str(desk.version.revision)})


def test_addresses_that_lead_nowhere(desk):
    for path in ("/question?step=after&item=x", "/rule?step=after&item=x", "/step?step=x", "/nothing"):
        with pytest.raises(UnknownStep):
            desk.get(path)
    with pytest.raises(NotThere):
        desk.get("/team/pathways/other.demo/1/edit")


@pytest.mark.parametrize("page", PAGES)
def test_first_views_weigh_little(desk, page):
    sheet, script = ((STATIC / manifest()[name]).read_bytes() for name in ("staff.css", "editor.js"))
    assert len(gzip.compress(script)) <= 3000
    size = sum(len(gzip.compress(text)) for text in (sheet, script, desk.get(page).page.encode()))
    assert size <= 75_000


def test_a_question_by_text_message_is_shown_as_one_with_what_it_costs(desk):
    here = "/question?step=after&item=pain&words=fr"
    assert "Répondez 0-10." not in desk.get(here).text
    desk.fill("/step?step=after", by_sms="on")
    assert "Répondez 0-10." in desk.get(here).text
    assert "one text message" in desk.text
    desk.fill(here, text="Avez-vous mal ? " * 9)
    assert "2 text messages" in desk.text
    assert "too long" in desk.text
