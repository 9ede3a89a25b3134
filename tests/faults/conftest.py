"""One engine for all crash tests of a module."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from tests.faults.scenarios import BY_NAME
from tests.faults.sweep import Stage
from tests.faults.world import Function, opened

Staged = Callable[..., Stage]


@pytest.fixture(scope="module")
def staged() -> Iterator[Staged]:
    """The stage of a scenario, with functions of the test's own in place of the product's."""
    with opened() as (engine, clock):

        def stage(name: str, functions: Mapping[str, Function] | None = None) -> Stage:
            return Stage(engine, clock, BY_NAME[name], dict(functions or {}))

        yield stage
