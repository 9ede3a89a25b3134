"""Messages arrive in any order, twice, and late: the same messages lead to the same state."""

from __future__ import annotations

from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from msgspec.structs import replace

from chalicelib.adapters.tenancy import acting_for
from chalicelib.application.people import known
from chalicelib.application.records import Person, Visit
from infra.local.seed import PROFILE
from tests.application.worlds import Hospital, booking, message, pid, pv1

MOST_ORDERS = 720
"""All orders of six messages; of more, so many at random."""


def movement(
    event: str, sent: str, *, who: str = "", visit: str = "V1", when: str = "", pv2: str = ""
) -> str:
    evn = f"EVN||||||2026{when.replace(' ', '')}00" if when else "EVN|"
    more = (pv2,) if pv2 else ()
    return message(f"ADT^{event}", sent, evn, who or pid(), pv1(visit), *more)


HISTORIES: dict[str, tuple[str, ...]] = {
    "booked, moved, cancelled": (
        booking("R1", "1120 0900", "1126 0900", visit="V1"),
        booking("R1", "1120 1000", "1127 0900", event="S13", visit="V1"),
        booking("R1", "1120 1100", "1127 1000", event="S14", code="BFGA004"),
        message("SIU^S15", "1120 1200", "SCH|R1", pid()),
    ),
    "cancelled and booked again": (
        booking("R1", "1120 0900", "1126 0900"),
        message("SIU^S15", "1120 1000", "SCH|R1", pid()),
        booking("R1", "1120 1100", "1128 0900", event="S13"),
        message("SIU^S15", "1120 1030", "SCH|R1", pid()),
    ),
    "a whole stay": (
        booking("R1", "1120 0900", "1126 0900", visit="V1"),
        movement("A05", "1121 0900"),
        movement("A01", "1126 0730", when="1126 0725"),
        movement("A11", "1126 0740"),
        movement("A01", "1126 0800", when="1126 0755"),
        movement("A03", "1126 1600", when="1126 1555"),
    ),
    "a departure that is taken back": (
        booking("R1", "1120 0900", "1126 0900"),
        movement("A01", "1126 0730", when="1126 0725"),
        movement("A03", "1126 1600", when="1126 1555"),
        movement("A13", "1126 1610"),
        movement("A03", "1126 1800", when="1126 1755"),
        message("ADT^A08", "1126 1500", pid(phone="0600000009"), pv1("V1")),
    ),
    "stays without numbers": (
        booking("R1", "1120 0900", "1126 0900"),
        movement("A01", "1126 0730", visit="", when="1126 0725"),
        movement("A03", "1126 1600", visit="", when="1126 1555"),
    ),
    "who it is, bit by bit": (
        booking("R1", "1120 0900", "1126 0900", who=pid(phone="0600000001")),
        message("ADT^A08", "1120 1000", pid(name="DEMO^Camille^^^^^L"), pv1()),
        message("ADT^A31", "1120 1100", pid(phone='""'), pv1()),
        message("ADT^A28", "1120 0800", pid(phone="0600000002~^NET^Internet^a@example.org"), pv1()),
        booking("R2", "1120 1200", "1226 0900", who=pid(name="DEMO^Alix^^^^^L")),
    ),
    "two numbers that are one": (
        booking("R1", "1120 0900", "1126 0900", who=pid("TEMP1", phone="0600000003"), visit="V1"),
        message("ADT^A40", "1120 1000", pid("900001"), "MRG|TEMP1^^^DEMO^PI"),
        movement("A01", "1126 0730", who=pid("TEMP1"), when="1126 0725"),
        booking("R1", "1120 1100", "1126 1000", event="S14", who=pid("900001"), visit="V1"),
        movement("A03", "1126 1600", who=pid("900001"), when="1126 1555"),
    ),
    "a chain of merges": (
        booking("R1", "1120 0900", "1126 0900", who=pid("TEMP1")),
        message("ADT^A40", "1120 1000", pid("TEMP2"), "MRG|TEMP1^^^DEMO^PI"),
        message("ADT^A40", "1120 1100", pid("900001"), "MRG|TEMP2^^^DEMO^PI"),
        message("ADT^A08", "1120 1030", pid("TEMP2", phone="0600000004"), pv1()),
    ),
    "a stay with a new number": (
        booking("R1", "1120 0900", "1126 0900", visit="V1"),
        movement("A01", "1126 0730", when="1126 0725"),
        message("ADT^A50", "1126 0800", pid(), "MRG|900001^^^DEMO^PI||||V1", pv1("V2")),
        movement("A03", "1126 1600", visit="V2", when="1126 1555"),
    ),
    "in the same second": (
        booking("R1", "1120 0900", "1126 0900"),
        booking("R1", "1120 0900", "1127 0900", event="S13"),
        booking("R1", "1120 0900", "1128 0900", event="S14"),
    ),
}

PLANNED: dict[str, tuple[str, ...]] = {
    "a planned stay": (
        movement("A05", "1120 0900", pv2="PV2||||||||202611260730"),
        movement("A05", "1120 1000", pv2="PV2||||||||202611270730"),
        movement("A01", "1127 0730", when="1127 0725"),
        movement("A03", "1127 1600", when="1127 1555"),
    ),
    "a planned stay that is withdrawn": (
        movement("A05", "1120 0900", pv2="PV2||||||||202611260730"),
        movement("A38", "1120 1000"),
        movement("A14", "1120 1100", pv2="PV2||||||||202611280730"),
    ),
}

BOTH = [(name, PROFILE, messages) for name, messages in HISTORIES.items()]
PAM = replace(PROFILE, bookings="pam", default_pathway="cataract")
BOTH += [(name, PAM, messages) for name, messages in PLANNED.items()]


def outcome(hospital: Hospital) -> dict[str, object]:
    """Everything that a later decision can look at, without how often it was written."""
    found: dict[str, object] = {}
    for number, state in enumerate(hospital.episodes):
        fields = structs.asdict(replace(state, alerts=()))
        if state.cancelled_at is None:  # a cancellation that a newer booking has overtaken is history
            del fields["cancelled_as_of"]
        found |= {f"episode {number}.{name}": value for name, value in fields.items()}
    for kind in (Person, Visit):
        for kept in hospital.kept(kind):
            named = kept.id if isinstance(kept, Person) else kept.number
            if isinstance(kept, Visit) and kept.renamed_to:
                found[f"Visit {named} is now"] = kept.renamed_to
                continue
            if isinstance(kept, Person) and kept.merged_into:
                with acting_for("demo"):
                    found[f"Person {named} is now"] = known(hospital.world, "demo", named)[0]
                continue
            fields = structs.asdict(replace(kept, revision=0))
            found |= {f"{kind.__name__} {named}.{name}": value for name, value in fields.items()}
    return found


def differences(one: dict[str, object], other: dict[str, object]) -> dict[str, object]:
    return {
        key: (one.get(key), other.get(key))
        for key in sorted({*one, *other})
        if one.get(key) != other.get(key)
    }


def orders(messages: tuple[str, ...]) -> list[tuple[str, ...]]:
    found = list(permutations(messages))
    return found if len(found) <= MOST_ORDERS else Random(1).sample(found, MOST_ORDERS)


@pytest.mark.parametrize(("name", "profile", "messages"), BOTH, ids=[name for name, *_ in BOTH])
def test_every_order_gives_the_same_state(name: str, profile, messages: tuple[str, ...]) -> None:
    expected = Hospital(profile)
    expected.send(*messages)
    assert expected.episodes
    for order in orders(messages):
        found = Hospital(profile)
        found.send(*order)
        assert differences(outcome(found), outcome(expected)) == {}, [text.split("|")[9] for text in order]


@given(st.sampled_from(BOTH), st.data())
def test_repeats_and_replays_change_nothing(history: tuple, data: st.DataObject) -> None:
    """A day's messages once more, in any order: the redrive of everything ever received."""
    _, profile, messages = history
    hospital = Hospital(profile)
    hospital.send(*messages)
    before = outcome(hospital)
    again = data.draw(st.lists(st.sampled_from(messages), max_size=12))
    for text in again:
        assert hospital.send(text).result == "duplicate"
    assert outcome(hospital) == before


NUMBERS = st.sampled_from(["TEMP1", "900001"])
DAYS = st.sampled_from(["1126 0900", "1127 0900", "1128 1000"])


@st.composite
def said(draw: st.DrawFn, sent: str) -> str:
    """One message about one patient, who may have two numbers, and one operation."""
    who = pid(draw(NUMBERS), phone=draw(st.sampled_from(["", '""', "0600000001", "0600000002"])))
    event = draw(
        st.sampled_from(["S12", "S13", "S14", "S15", "A01", "A11", "A03", "A13", "A05", "A08", "A31", "A40"])
    )
    if event in {"S12", "S13", "S14"}:
        code = draw(st.sampled_from(["LMMA012", "BFGA004"]))
        return booking("R1", sent, draw(DAYS), event=event, who=who, visit="V1", code=code)
    if event == "S15":
        return message("SIU^S15", sent, "SCH|R1", who)
    if event in {"A08", "A31"}:
        return message(f"ADT^{event}", sent, who, pv1("V1"))
    if event == "A40":
        return message("ADT^A40", sent, pid("900001"), "MRG|TEMP1^^^DEMO^PI")
    return movement(event, sent, who=who, when=f"112{draw(st.integers(5, 8))} 0{draw(st.integers(1, 9))}30")


@given(st.data())
def test_every_order_of_any_history_gives_the_same_state(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 7))
    messages = [data.draw(said(f"1120 {9 + number:02d}00")) for number in range(count)]
    expected, found = Hospital(), Hospital()
    expected.send(*messages)
    found.send(*data.draw(st.permutations(messages)))
    assert differences(outcome(found), outcome(expected)) == {}
