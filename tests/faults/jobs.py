"""The whole sweep, cut into jobs that run on two processes."""

from __future__ import annotations

from collections.abc import Iterator
from multiprocessing import get_context

from tests import conftest  # noqa: F401 - sets the environment that keeps us away from anybody's account
from tests.faults.plants import PLANTS
from tests.faults.scenarios import BY_NAME
from tests.faults.sweep import Run, Stage, sweep
from tests.faults.wire import Mode
from tests.faults.world import opened

WORKERS = 2
JOBS = 20
"""After so many a process makes place for a fresh one: moto never forgets anything."""
Job = tuple[str, Mode, str]
"""A scenario, a kind of fault, and a defect to plant ("": none)."""


def swept(job: Job) -> tuple[str, list[Run]]:
    """One kind of fault at each boundary of one scenario, on an engine of its own."""
    name, mode, plant = job
    functions = PLANTS[plant].functions if plant else {}
    with opened() as (engine, clock):
        return name, list(sweep(Stage(engine, clock, BY_NAME[name], functions), mode))


def all_swept(jobs: list[Job]) -> Iterator[tuple[str, list[Run]]]:
    """Job after job, as they get ready; moto is global, so each worker is a process."""
    with get_context("spawn").Pool(WORKERS, maxtasksperchild=JOBS) as pool:
        yield from pool.imap_unordered(swept, jobs, chunksize=1)
