"""Follow-ups that no SIU has booked, and numbers that turn out to be one."""

from __future__ import annotations

from msgspec.structs import replace

from chalicelib.adapters.tenancy import acting_for
from chalicelib.application.profile import Enrolment
from chalicelib.application.records import MessageRecord, Person, Visit
from infra.local.seed import PROFILE
from tests.application.worlds import HOSPITAL, Hospital, booking, message, pid, pv1

PAM = replace(PROFILE, bookings="pam", default_pathway="cataract", theatres=("BLOC",))
EMERGENCY = replace(
    PROFILE, enrolments=(Enrolment(when="discharged", classes=("E",), pathway="after-emergency"),)
)


def movement(event: str, sent: str, visit: str = "V1", *more: str, patient_class: str = "O") -> str:
    return message(f"ADT^{event}", sent, pid(), pv1(visit, patient_class), *more)


class TestEmergencyVisits:
    def test_are_followed_when_the_patient_goes_home(self) -> None:
        hospital = Hospital(EMERGENCY)
        hospital.send(movement("A04", "1126 0900", patient_class="E"))
        assert hospital.episodes == []
        hospital.send(movement("A03", "1126 1500", patient_class="E"))
        (state,) = hospital.episodes
        assert (state.pathway, state.visit, state.discharged_at is not None) == (
            "after-emergency",
            "V1",
            True,
        )
        hospital.send(movement("A13", "1126 1510", patient_class="E"))
        assert hospital.episodes[0].discharged_at is None

    def test_do_not_double_an_operation_that_is_booked(self) -> None:
        hospital = Hospital(EMERGENCY)
        hospital.send(booking("R1", "1120 0900", "1126 0900", visit="V1"))
        hospital.send(movement("A03", "1126 1500", patient_class="E"))
        assert [state.pathway for state in hospital.episodes] == ["inguinal-hernia"]


class TestClassicStays:
    def test_are_prepared_for(self) -> None:
        classic = Enrolment(when="preadmitted", classes=("I",), pathway="before-a-stay")
        hospital = Hospital(replace(PROFILE, enrolments=(classic,)))
        hospital.send(movement("A05", "1120 0900", "V1", "PV2||||||||202611260730", patient_class="I"))
        (state,) = hospital.episodes
        assert (state.pathway, f"{state.arrival_at:%d %H:%M}") == ("before-a-stay", "26 06:30")


class TestPlannedStays:
    def test_are_bookings_in_france(self) -> None:
        hospital = Hospital(PAM)
        hospital.send(movement("A05", "1120 0900", "V1", "PV2||||||||202611260730"))
        (state,) = hospital.episodes
        assert (state.pathway, f"{state.arrival_at:%d %H:%M}") == ("cataract", "26 06:30")
        hospital.send(movement("A38", "1121 0900"))
        assert hospital.episodes[0].cancelled_at is not None

    def test_going_to_theatre_moves_nothing_that_was_planned(self) -> None:
        hospital = Hospital(PAM)
        hospital.send(movement("A05", "1120 0900", "V1", "PV2||||||||202611260730"))
        before = hospital.episodes[0].operation_at
        theatre = pv1("V1").replace("UCA", "BLOC")
        hospital.send(message("ADT^A02", "1126 0915", pid(), theatre, "ZBE|1|20261126091500"))
        assert hospital.episodes[0].operation_at == before

    def test_begin_in_theatre_where_nothing_was_planned(self) -> None:
        hospital = Hospital(PAM)
        theatre = pv1("V1").replace("UCA", "BLOC")
        hospital.send(message("ADT^A02", "1126 0915", pid(), theatre, "ZBE|1|20261126091500"))
        assert f"{hospital.episodes[0].operation_at:%d %H:%M}" == "26 08:15"


class TestMerges:
    def test_keep_the_history(self) -> None:
        hospital = Hospital()
        hospital.send(booking("R1", "1120 0900", "1126 0900", who=pid("TEMP1"), visit="V1"))
        hospital.send(message("ADT^A40", "1120 1000", pid("900001"), "MRG|TEMP1^^^DEMO^PI"))
        (state,) = hospital.episodes
        people = {person.id: person for person in hospital.kept(Person)}
        assert people[state.patient].identifiers[0].value == "900001"
        assert [stay.patient for stay in hospital.kept(Visit)] == [state.patient]
        late = hospital.send(message("ADT^A08", "1121 1000", pid("TEMP1", phone="0600000008"), pv1()))
        assert late.result == "applied"
        stays = {person.id: person for person in hospital.kept(Person)}[state.patient]
        assert stays.mobile == "+33600000008"
        assert stays.identifiers[0].value == "900001"

    def test_of_people_nobody_knew_are_kept(self) -> None:
        hospital = Hospital()
        hospital.send(message("ADT^A40", "1120 1000", pid("900001"), "MRG|TEMP1^^^DEMO^PI"))
        hospital.send(booking("R1", "1120 0900", "1126 0900", who=pid("TEMP1")))
        people = {person.id: person for person in hospital.kept(Person)}
        assert people[hospital.episodes[0].patient].merged_into is None


class TestConsent:
    def test_without_it_no_message_has_a_way(self) -> None:
        from chalicelib.application.profile import Consent

        asked = replace(PROFILE, consent=Consent(field="ZPA-1", refused=("NON",)))
        hospital = Hospital(asked)
        hospital.send(booking("R1", "1120 0900", "1126 0900", who=pid(phone="0600000001")))
        assert hospital.episodes[0].channels == ("sms",)
        hospital.send(message("ADT^A08", "1120 1000", pid(), pv1(), "ZPA|NON"))
        assert hospital.episodes[0].channels == ()
        hospital.send(message("ADT^A08", "1120 1100", pid(), pv1(), "ZPA|OUI"))
        assert hospital.episodes[0].channels == ("sms",)


class TestTheLedger:
    def test_the_same_number_for_another_message_is_quarantine(self) -> None:
        hospital = Hospital()
        hospital.send(booking("R1", "1120 0900", "1126 0900", visit="V1"))
        other = booking("R1", "1120 0900", "1127 0900", visit="V1")
        line = hospital.send(other)
        assert (line.result, "used before" in line.reason) == ("quarantined", True)
        assert hospital.send(other).result == "quarantined"  # and again: never silently
        assert f"{hospital.episodes[0].operation_at:%d}" == "26"

    def test_messages_are_found_by_their_patient(self) -> None:
        hospital = Hospital()
        hospital.send(booking("R1", "1120 0900", "1126 0900"), movement("A05", "1121 0900"))
        (person,) = hospital.kept(Person)
        with acting_for(HOSPITAL):
            found = hospital.world.ledger.of_patient(HOSPITAL, person.id)
        assert {line.type for line in found} == {"SIU^S12", "ADT^A05"}
        assert all(isinstance(line, MessageRecord) for line in found)
