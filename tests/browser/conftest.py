from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.chromium import find
from tests.browser.visit import ARGS
from tests.running import LocalStack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    running = LocalStack(tmp_path_factory.mktemp("browser") / "state").start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    path = find()
    if path is None:
        pytest.skip("no Chromium on this machine (python -m tests.browser.chromium installs one)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGS)
        yield browser
        browser.close()
