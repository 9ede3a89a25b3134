"""A questionnaire from a file, chosen in a real browser: read, shown, taken over; without JavaScript, too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.browser.test_editor import draft, newest, sit_down, store  # noqa: F401 - fixtures
from tests.browser.visit import DESKTOP, PHONE

pytestmark = pytest.mark.slow
PUBLIC = Path(__file__).parent.parent / "fhir" / "public"
WINDOWS = [(PHONE, "fr", True), (DESKTOP, "en", True), (DESKTOP, "en", False)]


@pytest.mark.parametrize(("size", "language", "script"), WINDOWS, ids=["phone", "desktop", "without-script"])
def test_a_file_is_chosen(stack, chromium, store, draft, tmp_path, size, language, script) -> None:  # noqa: F811
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps({"resourceType": "Questionnaire", "item": [{"linkId": "sleep"}]}))
    visit = sit_down(stack, chromium, size, language, script=script)
    page, submit = visit.page, "form[enctype] button"
    visit.go(f"{draft}/step?step=after")
    page.locator("a[href*='/import?']").click()
    page.wait_for_load_state()
    visit.check()
    page.set_input_files("#file", bad)
    visit.press(submit)
    assert "sleep" in page.locator(".nhsuk-error-summary, [role=alert]").first.inner_text()
    page.set_input_files("#file", PUBLIC / "Questionnaire-bb.json")
    visit.press(submit)
    assert page.locator(".v-items li").count() == 10
    visit.press("button[value=replace]")
    asked = newest(store, draft).step("after").questionnaire.questions
    assert [question.foreign_id for question in asked][:2] == ["nameOfChild", ""]
    with page.expect_download() as leaving:
        page.locator("a[href*='/questionnaire?']").click()
    out = json.loads(Path(leaving.value.path()).read_text("utf-8"))
    assert (out["resourceType"], out["item"][0]["type"]) == ("Questionnaire", "group")
    visit.close()
