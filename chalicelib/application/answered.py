"""What a patient has answered so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.application.records import Response
    from chalicelib.domain.episode.state import StepState
    from chalicelib.domain.rules import Answers


def answers_so_far(now: StepState, kept: Response | None) -> Answers:
    """The answers of this release; what is asked again after an advice is open until it is answered anew."""
    if kept is None or kept.release != now.release:
        return {}
    if now.asked_again_at is None or kept.saved_at >= now.asked_again_at:
        return kept.answers
    return {link_id: answer for link_id, answer in kept.answers.items() if link_id not in now.again}
