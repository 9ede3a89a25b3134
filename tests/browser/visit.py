"""One page in one browser window, checked wherever it goes."""

from __future__ import annotations

ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE, DESKTOP = {"width": 320, "height": 700}, {"width": 1280, "height": 900}


class Visit:
    """A window that somebody uses."""

    def __init__(
        self, chromium, web: str, size: dict[str, int], language: str, *, script: bool = True
    ) -> None:
        self.web = web
        self.script = script
        self.context = chromium.new_context(viewport=size, bypass_csp=script, java_script_enabled=script)
        self.context.add_cookies([{"name": "vigie-lang", "value": language, "url": web}])
        self.page = self.context.new_page()
        self.size = size

    def go(self, path: str) -> None:
        self.page.goto(self.web + path)
        self.check()

    def press(self, selector: str = "main form button") -> None:
        self.page.locator(selector).first.click()
        self.page.wait_for_load_state()
        self.check()

    def check(self) -> None:
        if not self.script:
            return
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page, options={"runOnly": RULES}).response["violations"]
        assert [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found] == [], self.page.url
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= self.size["width"], f"{self.page.url} is {width} wide"

    def close(self) -> None:
        self.context.close()
