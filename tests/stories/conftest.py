from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.running import LocalStack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """One empty hospital for all stories: each has patients of its own, and the clock goes forward."""
    running = LocalStack(tmp_path_factory.mktemp("stack") / "state").start()
    yield running
    running.stop()
