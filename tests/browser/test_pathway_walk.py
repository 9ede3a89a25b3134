"""A lead nurse without training makes the hospital's own hernia pathway; the next booking follows it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus

import pytest

from infra.local.demo import Invented
from infra.local.visitor import fill_in, patient_browser
from tests.browser.visit import DESKTOP, PHONE, Visit
from tests.running import LocalStack
from tests.stories.cast import Stage, booking, movement, stage

pytestmark = pytest.mark.slow
CATALOGUE = "/team/pathways/inguinal-hernia/1"
PAGES = ("sheet", "simulate", "compare")
"""What the page of a version leads to, apart from its editor."""
ASKED = {"en": "Did you sleep well?", "fr": "Avez-vous bien dormi ?"}


class Nurse(Visit):
    """The unit's lead nurse at the pages of a pathway's versions; every page that opens is checked."""

    base = ""
    """The address of the version that is being made."""

    def sit_down(self) -> Nurse:
        self.page.goto(self.web + "/_local/")
        self.page.locator("form:has(input[value=coordinator-1]) button").click()
        return self

    def follow(self, selector: str) -> None:
        """Press a link or a button that leads to another page."""
        with self.page.expect_navigation() as opened:
            self.page.locator(selector).first.click()
        assert opened.value.status == HTTPStatus.OK
        self.check()

    def copy(self) -> None:
        """From the worklist to the catalogue, and a hernia of one's own."""
        self.go("/team")
        self.follow("nav a[href='/team/pathways']")
        self.follow(f"form[action='{CATALOGUE}/copy'] button")
        self.base = self.page.url.removeprefix(self.web).removesuffix("/edit")

    def change(self, pain: int) -> None:
        """Another threshold for severe pain, saved as it is typed."""
        self.follow("main a[href*='/edit/step?step=after&']")
        self.follow("a[href*='item=pain_severe']")
        self.page.fill("[name='when.0.value']", str(pain))
        self.page.wait_for_selector(f"#sentence:has-text('{pain}')")
        self.page.wait_for_selector("#steps-back button:not([disabled])")

    def ask(self, words: str) -> None:
        """One question more, looked at on the phone beside it."""
        self.follow(".v-crumbs a[href*='/edit/step?step=after']")
        self.page.fill("#text", words)
        self.follow("button[value=add]")
        assert words in self.page.locator("#preview").inner_text()

    def mend(self, words: str) -> None:
        """What the check finds leads to the place where it is mended."""
        self.follow(f".v-crumbs a[href='{self.base}']")
        assert self.page.locator(f"a[href='{self.base}/publish']").count() == 0
        assert "No words in Français" in self.page.locator(".v-lint--red").first.inner_text()
        self.follow(".v-lint--red a")
        assert self.page.input_value("#text") == ""
        self.page.fill("#text", words)
        self.page.fill("#short", words)
        self.page.wait_for_selector(f"#preview:has-text('{words}')")
        self.follow(f".v-crumbs a[href='{self.base}']")
        assert self.page.locator(".v-lint--red").count() == 0

    def look(self) -> None:
        """The sheet, what it brings with invented patients, and what has changed."""
        for page in PAGES:
            self.go(self.base)
            self.follow(f".v-actions a[href='{self.base}/{page}']")
        said = self.page.locator("main").inner_text()
        assert "is 7 or more" in said
        assert "is 6 or more" in said
        assert ASKED["fr"] in said

    def publish(self) -> None:
        """Two names first."""
        self.go(self.base)
        self.press("form[action$='/review'] button")
        assert self.page.locator(".nhsuk-error-summary").count() == 1
        self.page.fill("#translator", "Traductrice Démo")
        self.page.fill("#clinician", "Chirurgien Démo")
        self.follow("form[action$='/review'] button")
        self.follow(f"a[href='{self.base}/publish']")
        self.follow("form[action$='/publish'] button")
        assert "Published" in self.page.locator("main").inner_text()

    def reads(self, episode: str) -> str:
        """What an episode's page says."""
        self.go(f"/team/episodes/{episode}")
        return self.page.locator("main").inner_text()

    def follows(self, episode: str) -> str:
        """The version that an episode follows, as its page says it."""
        self.reads(episode)
        return self.page.locator("section[aria-labelledby=pathway] p a").get_attribute("href") or ""

    def retire(self) -> None:
        self.go(self.base)
        self.follow(f"a[href='{self.base}/retire']")
        self.follow("form[action$='/retire'] button")


@pytest.fixture
def nurse(stack: LocalStack, chromium) -> Iterator[Nurse]:
    visit = Nurse(chromium, stack.doors.web, DESKTOP, "en").sit_down()
    yield visit
    visit.close()


def home(s: Stage, *patients: Invented) -> None:
    """They are operated on and go home; it is the morning after."""
    for patient in patients:
        s.send(movement(patient, "A01", patient.operation_at - timedelta(hours=1)))
        s.send(movement(patient, "A03", patient.operation_at + timedelta(hours=4)))
    s.go(1, "10:00")


def answer(s: Stage, patient: Invented, **answers: str) -> None:
    browser = patient_browser(s.doors.web, s.texts(patient)[-1], patient.born)
    fill_in(browser, answers)
    assert browser.path == "/my/after/done"


def test_the_next_booking_follows_what_was_published(stack: LocalStack, nurse: Nurse) -> None:
    s = stage(stack.doors)
    running, later = s.patient(), s.patient()
    s.send(booking(running, s.now()))
    nurse.copy()
    nurse.change(6)
    nurse.ask(ASKED["en"])
    nurse.mend(ASKED["fr"])
    nurse.look()
    nurse.publish()
    try:
        s.send(booking(later, s.now()))
        s.doors.advance(advance="PT1M")
        assert nurse.follows(s.episode(running)) == CATALOGUE
        assert nurse.follows(s.episode(later)) == nurse.base
        home(s, running, later)
        for patient in (running, later):
            answer(s, patient, pain="6")
        assert ASKED["en"] not in nurse.reads(s.episode(running))
        assert ASKED["en"] in nurse.reads(s.episode(later))
        assert "Call now" not in s.row(s.nurse(), running)
        assert "Call now" in s.row(s.nurse(), later)
    finally:
        nurse.retire()  # the other tests' hernias follow the catalogue's


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_page_of_a_version(stack: LocalStack, chromium, size, language) -> None:
    nurse = Nurse(chromium, stack.doors.web, size, language).sit_down()
    for path in ("/team/pathways", "/team/pathways?only=own", CATALOGUE, f"{CATALOGUE}/sheet"):
        nurse.go(path)
    nurse.copy()
    nurse.go(nurse.base)
    nurse.press("form[action$='/review'] button")
    nurse.page.fill("#translator", "Traductrice Démo")
    nurse.page.fill("#clinician", "Chirurgien Démo")
    nurse.follow("form[action$='/review'] button")
    for page in (*PAGES, "compare?with=cataract|1", "retire", "publish"):
        nurse.go(f"{nurse.base}/{page}")
    nurse.follow("form[action$='/publish'] button")
    nurse.follow(f"a[href='{nurse.base}/running']")
    nurse.retire()
    nurse.close()
