"""Never an uncaught exception, never a hang: bytes in, a message or a reason out."""

from __future__ import annotations

import pytest

from tests.hl7.mutations import outcomes


@pytest.mark.parametrize("seed", range(4))
def test_damaged_messages_end_in_a_result(seed: int) -> None:
    """500 for each seed; `python -m tests.hl7.mutations` runs 100,000 and times them."""
    kinds = {kind for kind, _, _ in outcomes(500, seed)}
    assert "quarantine" in kinds
