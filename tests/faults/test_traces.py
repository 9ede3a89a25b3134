"""What each story asks of the outside is committed: a new call shows in review, and keeps its budget."""

from __future__ import annotations

import pytest

from tests.faults import calls
from tests.faults.scenarios import BY_NAME
from tests.faults.traces import path, text


@pytest.mark.parametrize("scenario", BY_NAME)
def test_the_trace_is_as_committed(scenario: str, staged) -> None:
    told = text(staged(scenario))
    assert told == path(scenario).read_text("utf-8"), "look at it, then `python -m tests.faults.traces`"


def test_no_trace_is_left_over() -> None:
    assert {found.stem for found in calls.FOLDER.glob("*.txt")} == set(BY_NAME)


def test_a_command_takes_three_calls_and_whatever_takes_more_says_why() -> None:
    most = calls.most()
    assert most["web"] <= calls.MOST
    assert most["wake"] <= calls.MOST
    assert {name for name, number in most.items() if number > calls.MOST} == set(calls.WHY)
