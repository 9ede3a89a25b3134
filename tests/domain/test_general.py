"""The pathways with one contact only: before a stay, and after an emergency visit."""

from __future__ import annotations

from chalicelib.adapters import catalogue
from chalicelib.domain.episode import commands as c
from chalicelib.domain.episode import events as e
from tests.examples import at, book
from tests.scenario import History


def history(code: str, **changes: object) -> History:
    pathway = catalogue.pathway(code, 1)
    made = History(pathway=pathway)
    made.do(book(pathway=code, **changes))
    return made


def test_before_a_stay_nothing_is_asked_afterwards() -> None:
    stay = history("before-a-stay").wake_until(at(-1, "10:00"))
    assert [event.step for event in stay.events if isinstance(event, e.StepReleased)] == ["before"]
    answers = {
        "coming": True,
        "health_change": False,
        "medicines": "yes",
        "papers": "yes",
        "call": "no",
    }
    stay.do(c.Submit(at=at(-1, "11:00"), step="before", answers=answers), c.Admit(at=at(0, "08:00")))
    stay.wake_until(at(20, "10:00"))
    assert stay.state.ended_at is not None
    assert not any(isinstance(event, e.AlertRaised) for event in stay.events)


def test_after_an_emergency_visit_the_questions_come_the_next_day() -> None:
    left = at(0, "15:00")
    visit = history("after-emergency", operation_at=left, arrival_at=left)
    visit.do(c.Discharge(at=left))
    visit.wake_until(at(1, "10:00"))
    assert [event.step for event in visit.events if isinstance(event, e.StepReleased)] == ["after"]
    assert [notice.text for notice in visit.notices] == ["invite_after"]
    visit.wake_until(at(1, "15:00"))
    assert [alert.kind for alert in visit.state.open_alerts] == ["silent"]
