"""What each scenario asks of the outside, in order, as it is committed: a new call shows in review.

`python -m tests.faults.traces` writes them anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests import conftest  # noqa: F401 - sets the environment that keeps us away from anybody's account
from tests.faults.calls import FOLDER
from tests.faults.scenarios import SCENARIOS
from tests.faults.sweep import Stage
from tests.faults.world import opened


def path(scenario: str) -> Path:
    """Where the trace of a scenario is kept."""
    return FOLDER / f"{scenario}.txt"


def text(stage: Stage) -> str:
    """The trace of the story without a fault; an invocation that asked for nothing is left out."""
    return "\n".join(_told(stage.clean[0].injector.trace)) + "\n"


def _told(trace: list[str]) -> Iterator[str]:
    for line, following in zip(trace, [*trace[1:], "["], strict=True):
        if not line.startswith("["):
            yield f"  {line}"
        elif not following.startswith("["):
            yield line


def main() -> None:
    """Write all."""
    FOLDER.mkdir(exist_ok=True)
    with opened() as (engine, clock):
        for scenario in SCENARIOS:
            path(scenario.name).write_text(text(Stage(engine, clock, scenario)), "utf-8")


if __name__ == "__main__":
    main()
