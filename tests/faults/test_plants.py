"""The harness sees what it is there for: each planted defect breaks the invariant that it should."""

from __future__ import annotations

import pytest

from tests.faults.plants import PLANTS
from tests.faults.sweep import sweep

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_defect_is_caught(name: str, staged) -> None:
    plant = PLANTS[name]
    runs = sweep(staged(plant.scenario, plant.functions), plant.mode)
    bad = [run for run in runs if run.violations and not run.is_documented]
    assert plant.caught_by in {words.partition(":")[0] for run in bad for words in run.violations}


@pytest.mark.parametrize(
    ("scenario", "mode"), sorted({(plant.scenario, plant.mode) for plant in PLANTS.values()})
)
def test_without_a_defect_the_same_faults_do_no_harm(scenario: str, mode, staged) -> None:
    assert [run for run in sweep(staged(scenario), mode) if run.violations] == []
