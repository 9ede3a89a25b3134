"""Two providers of text messages: one fails, and every text leaves by the other, once."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from infra.local.visitor import Browser
from tests.running import LocalStack
from tests.stories.cast import Stage, booking, stage

pytestmark = pytest.mark.slow

ENOUGH = 24
"""70 of 100 go to the one that fails: more than ten, so that its breaker opens."""
RECEIPT = json.dumps({"reference": "demo|episode|notice", "id": "x", "status": "delivered"})


@pytest.fixture(autouse=True)
def _both_work_again(stack: LocalStack) -> Iterator[None]:
    yield
    told(stack, mode="ok")


def told(stack: LocalStack, **how: str) -> None:
    """How a provider is to behave."""
    door = Browser(stack.doors.web)
    assert door.request("POST", "/_local/gateway", json.dumps(how), "application/json")[0] == 200


def carriers(day: Stage, number: int) -> list[str]:
    """Who carried the invitation of each patient of this day; all have it once."""
    patients = [day.patient() for _ in range(number)]
    for patient in patients:
        day.send(booking(patient, day.now()))
    day.go(-1, "10:05")
    texts = [day.texts(patient) for patient in patients]
    assert [len(sent) for sent in texts] == [1] * number
    return [sent[0]["provider"] for sent in texts]


def test_one_fails_the_other_carries_and_it_is_tried_again(stack: LocalStack) -> None:
    told(stack, provider="http", mode="fail")
    assert set(carriers(stage(stack.doors), ENOUGH)) == {"ovh"}
    told(stack, provider="http", mode="ok")
    assert "http" in carriers(stage(stack.doors), 8)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/callbacks/sms", RECEIPT),
        ("GET", "/callbacks/ovh/guessed?id=1&ptt=4&description=1", ""),
    ],
)
def test_a_receipt_without_proof_is_refused(stack: LocalStack, method: str, path: str, body: str) -> None:
    assert Browser(stack.doors.web).request(method, path, body, "application/json")[0] == 403
