"""Every page in a real browser, on a phone and on a desktop: axe finds nothing, nothing needs JavaScript."""

from __future__ import annotations

from datetime import timedelta

import pytest

from infra.local.visitor import link_in
from tests.browser.visit import DESKTOP, PHONE, Visit
from tests.running import LocalStack
from tests.stories.cast import booking, movement, stage

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def texts(stack: LocalStack) -> tuple[str, str, str, str]:
    """The paths of an invitation before, one after, and the two patients' birth dates."""
    s = stage(stack.doors)
    first = s.patient()
    s.send(booking(first, s.now()))
    s.go(-1, "10:00")
    before = link_in(s.texts(first)[-1])
    second = s.patient("BFGA004")
    s.send(booking(second, s.now()))
    s.doors.advance(advance="PT2M")
    s.send(movement(first, "A01", first.operation_at - timedelta(hours=1)))
    s.send(movement(first, "A03", first.operation_at + timedelta(hours=4)))
    s.go(1, "10:00")
    return before, link_in(s.texts(first)[-1]), first.born, s.episode(first)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
class TestAxe:
    def test_patient_pages(self, stack, chromium, texts, size, language) -> None:
        _, after, born, _ = texts
        visit = Visit(chromium, stack.doors.web, size, language)
        visit.go(after)
        visit.press()  # an empty form: the error summary
        for name, value in zip(("day", "month", "year"), (born[6:], born[4:6], born[:4]), strict=True):
            visit.page.fill(f"input[name={name}]", value)
        visit.press()
        visit.go("/my/after/q/feeling")
        visit.press("main form button")
        visit.go("/my/after/q/comment")
        visit.go("/my/after/q/pain")
        visit.page.locator("input[name=answer][value='9']").check(force=True)
        visit.press()
        visit.go("/my/after/urgent")
        visit.page.locator("[data-continue]").click()
        visit.check()
        visit.go("/left")
        visit.close()

    def test_staff_pages(self, stack, chromium, texts, size, language) -> None:
        visit = Visit(chromium, stack.doors.web, size, language)
        visit.go("/sign-in")
        visit.page.goto(stack.doors.web + "/_local/")
        visit.page.locator("form[action='/_local/sign-in'] button").first.click()
        visit.go("/team")
        visit.go(f"/team/episodes/{texts[3]}")
        visit.go("/team?day=2020-01-01")
        visit.go("/team/episodes/nobody")
        visit.go("/nothing/here")
        visit.close()


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_console(stack, chromium, texts, size, language) -> None:
    visit = Visit(chromium, stack.doors.web, size, language)
    visit.page.goto(stack.doors.web + "/_local/")
    visit.page.locator("form:has(input[value=admin-1]) button").click()
    stack.doors.send_hl7("garbage")
    stack.doors.advance(advance="PT1M")
    visit.go("/team/hl7")
    visit.page.locator(".v-hl7 tbody th a").first.click()
    visit.check()
    visit.go("/team/hl7?result=quarantined")
    visit.press("form[action='/team/hl7/replay'] button")
    visit.go("/team/hl7/profile")
    visit.page.fill("#message", "MSH|^~\\&|A|DEMO|V|DEMO|20261124||ADT^A08|1|P|2.5\nPID|1||7^^^DEMO||X^Y")
    visit.press("button[value=try]")
    assert "Demographics" in visit.page.content()
    visit.page.fill("#profile", "{}")
    visit.press("button[value=save]")
    assert "facilities" in visit.page.content()
    visit.close()


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_operators_page(stack, chromium, texts, size, language) -> None:
    visit = Visit(chromium, stack.doors.web, size, language)
    visit.page.goto(stack.doors.web + "/_local/")
    visit.page.locator("form:has(input[value=admin-1]) button").click()
    visit.go("/team")
    visit.page.locator("nav a[href='/team/operations']").click()
    visit.check()
    visit.close()


class TestWithoutJavaScript:
    def test_a_patient_confirms(self, stack, chromium) -> None:
        """From the text to the confirmation with JavaScript switched off."""
        s = stage(stack.doors)
        patient = s.patient("NFFC003")
        s.send(booking(patient, s.now()))
        s.go(-1, "10:00")
        context = chromium.new_context(viewport=PHONE, java_script_enabled=False)
        page = context.new_page()
        page.goto(stack.doors.web + link_in(s.texts(patient)[-1]))
        for name, value in (("day", "27"), ("month", "mars"), ("year", "1956")):
            page.fill(f"input[name={name}]", value)
        page.locator("main form button").first.click()
        for _ in range(20):
            if page.url.endswith("/done"):
                break
            answers = page.locator("input[name=answer]")
            if answers.count():
                wanted = "no" if "health_change" in page.url else answers.first.get_attribute("value")
                page.locator(f"input[name=answer][value='{wanted}']").first.check(force=True)
            page.locator("main form button").first.click()
        assert page.url.endswith("/my/before/done")
        context.close()
