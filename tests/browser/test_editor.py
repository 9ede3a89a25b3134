"""A lead nurse at the editor, with and without JavaScript: change a threshold, add a question, look, undo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from chalicelib.adapters import tenancy
from chalicelib.adapters.catalogue import Catalogue
from chalicelib.adapters.tables import table
from chalicelib.adapters.tenancy import acting_for
from chalicelib.application import versions
from chalicelib.domain.pathway import Origin
from infra.local.emulator import REGION
from tests.browser.visit import DESKTOP, PHONE, Visit
from tests.desk import staff
from tests.running import LocalStack

pytestmark = pytest.mark.slow
HOSPITAL = "demo"


@dataclass
class Store:
    """What copying a pathway needs of the world."""

    catalogue: Catalogue

    @property
    def versions(self) -> Any:
        return self.catalogue.own


@pytest.fixture
def store(stack: LocalStack, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The catalogue of the running stack."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    endpoint = f"http://127.0.0.1:{stack.ports[2]}"
    client = boto3.client("dynamodb", REGION, endpoint_url=endpoint)
    client.meta.events.unregister("before-parameter-build.dynamodb", tenancy.check)
    known = client.list_tables()["TableNames"]
    (name,) = [name for name in known if "Catalogue" in name]
    return Store(Catalogue(table(name, REGION, endpoint)))


@pytest.fixture
def draft(store: Store) -> str:
    """A fresh copy of the hernia pathway, by its editor's address."""
    with acting_for(HOSPITAL):
        made = versions.copied(store, staff("coordinator-1"), Origin("inguinal-hernia", 1), datetime.now(UTC))
    return f"/team/pathways/{made.code}/{made.number}/edit"


def newest(store: Store, draft: str):
    code, number = draft.split("/")[3:5]
    with acting_for(HOSPITAL):
        return store.versions.document(HOSPITAL, store.versions.version(HOSPITAL, code, int(number)))


def threshold(store: Store, draft: str) -> float:
    rules = newest(store, draft).step("after").rules
    return next(rule.when.value for rule in rules if rule.key == "pain_severe")


def sit_down(stack: LocalStack, chromium, size: dict[str, int], language: str, *, script: bool) -> Visit:
    visit = Visit(chromium, stack.doors.web, size, language, script=script)
    visit.page.goto(stack.doors.web + "/_local/")
    visit.page.locator("form:has(input[value=coordinator-1]) button").click()
    return visit


@pytest.mark.parametrize(("size", "language"), [(PHONE, "fr"), (DESKTOP, "en")], ids=["phone", "desktop"])
def test_with_javascript(stack, chromium, store, draft, size, language) -> None:
    visit = sit_down(stack, chromium, size, language, script=True)
    page = visit.page
    visit.go(f"{draft}/rule?step=after&item=pain_severe")
    page.fill("[name='when.0.value']", "8")
    page.wait_for_selector("#sentence:has-text('8')")
    assert threshold(store, draft) == 8
    assert page.evaluate("document.activeElement.name") == "when.0.value"
    page.select_option("[name='when.1.about']", "urine")
    page.wait_for_selector("[name='when.1.code.hard']")
    page.wait_for_selector("#line-2")
    visit.check()
    page.locator("#steps-back button").first.click()
    page.wait_for_load_state()
    assert page.locator("[name='when.1.code.hard']").count() == 0
    visit.go(f"{draft}/step?step=after")
    page.fill("#text", "Do you sleep well?")
    page.locator("button[value=add]").first.click()
    page.wait_for_load_state()
    visit.check()
    page.fill("#text", "Have you slept?")
    page.wait_for_selector("#preview:has-text('Have you slept?')")
    page.wait_for_selector("#lint li")  # no French words, nothing follows: said as one types
    visit.check()
    page.locator("nav a[href*='/edit/time']").first.click()
    page.wait_for_load_state()
    visit.check()
    visit.go(f"{draft}/check")
    page.locator("a[href$='/simulate']").click()
    page.wait_for_load_state()
    assert page.locator("svg[role=img]").count() == 2
    visit.check()
    visit.close()


def test_the_script_obeys_the_security_policy(stack, chromium, store, draft) -> None:
    """The other windows here lift the policy, because axe is put into the page."""
    context = chromium.new_context()
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.goto(stack.doors.web + "/_local/")
    page.locator("form:has(input[value=coordinator-1]) button").click()
    page.goto(f"{stack.doors.web}{draft}/rule?step=after&item=pain_severe&lang=en")
    page.fill("[name='when.0.value']", "9")
    page.wait_for_selector("#sentence:has-text('is 9 or more')")
    assert said == []
    context.close()


def test_what_cannot_be_saved_is_said_and_stays(stack, chromium, store, draft) -> None:
    visit = sit_down(stack, chromium, DESKTOP, "en", script=True)
    page = visit.page
    visit.go(f"{draft}/question?step=after&item=pain")
    visit.context.set_offline(True)
    page.fill("#text", "Typed in a lift")
    page.wait_for_selector("#saved:has-text('Not saved: no connection')")
    assert page.input_value("#text") == "Typed in a lift"
    visit.context.set_offline(False)
    colleague = sit_down(stack, chromium, DESKTOP, "en", script=False)
    colleague.go(f"{draft}/about")
    colleague.page.fill("#title", "Theirs")
    colleague.press("#edit .nhsuk-button")
    page.fill("#text", "Mine")
    page.wait_for_selector("#saved:has-text('Not saved: you saved from another window')")
    visit.check()
    page.locator("#saved button").click()
    page.wait_for_load_state()
    after = newest(store, draft)
    assert after.step("after").questionnaire.question("pain").text["en"] == "Mine"
    assert after.title["en"] == "Theirs"
    for one in (visit, colleague):
        one.close()


def test_without_javascript(stack, chromium, store, draft) -> None:
    visit = sit_down(stack, chromium, PHONE, "en", script=False)
    page = visit.page
    visit.go(f"{draft}/rule?step=after&item=pain_severe")
    page.fill("[name='when.0.value']", "8")
    visit.press("#edit .v-toolbar .nhsuk-button")
    assert "“Pain” is 8 or more" in page.content()
    visit.press("#steps-back button")
    assert threshold(store, draft) == 7
    visit.go(f"{draft}/step?step=after")
    page.fill("#text", "Do you sleep well?")
    visit.press("button[value=add]")
    assert page.locator("#preview").inner_text().count("Do you sleep well?") == 1
    page.select_option("#kind", "choice")
    visit.press("#edit .v-toolbar .nhsuk-button")
    page.fill("[name='option.0.text']", "Well")
    visit.press("#edit .v-toolbar .nhsuk-button")
    assert "Well" in page.locator("#preview").inner_text()
    visit.press("button[value='words:fr']")
    assert page.input_value("#text") == ""
    visit.go(f"{draft}/words?step=after&only=missing")
    visit.go(f"{draft}/check")
    visit.close()
