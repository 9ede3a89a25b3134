"""A part of the sweep for each commit: the scenarios that the change touches, else some of the day's.

`make faults` sweeps all. `VIGIE_FAULTS=all` (or names, with commas) says what to sample here.
"""

from __future__ import annotations

import os

import pytest

from tests.faults import shard
from tests.faults.sweep import sample

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("scenario", shard.chosen(os.environ.get("VIGIE_FAULTS", "")))
def test_whatever_fails_nothing_is_lost(scenario: str, staged) -> None:
    runs = list(sample(staged(scenario)))
    assert [run for run in runs if run.violations and not run.is_documented] == []
    assert all(run.fired for run in runs)
