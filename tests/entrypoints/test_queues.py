"""What the queues bring: a message that kills its handler keeps no other of its batch waiting."""

from __future__ import annotations

import pytest

from chalicelib.entrypoints.queues import turned

KILLER = "killer"


def handled(names: list[str], tries: int) -> set[str]:
    """What is done before the killer ends the function."""
    records = [{"messageId": n, "attributes": {"ApproximateReceiveCount": str(tries)}} for n in names]
    order = [record["messageId"] for record in turned({"Records": records})["Records"]]
    return set(order[: order.index(KILLER)])


@pytest.mark.parametrize("place", range(5))
def test_who_stands_behind_a_killer_comes_before_it_the_next_time(place: int) -> None:
    others = ["a", "b", "c", "d"]
    batch = [*others[:place], KILLER, *others[place:]]
    assert handled(batch, 1) | handled(batch, 2) == set(others)
