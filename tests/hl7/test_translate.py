"""What each event means for us, and the reasons of what is not understood."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.application.incoming import (
    Appointment,
    AppointmentCancelled,
    Clinician,
    Code,
    Demographics,
    Identifier,
    Incoming,
    Merged,
    Movement,
    NoConcern,
    NotUnderstood,
    PatientDetails,
    VisitMoved,
)
from chalicelib.application.profile import Consent, Enrolment, Profile
from chalicelib.hl7.read import read
from chalicelib.hl7.translate import translate
from tests.hl7.examples import OWN, PROFILE, RECEIVED, SHARED, message, own, segments

RESULTS = Incoming | NoConcern | NotUnderstood

SCH = "SCH|RDV1||||||||||^^^202611240830"
PID = "PID|1||7^^^DEMO"


def said(raw: bytes | str, profile: Profile = PROFILE) -> object:
    """What the message in these bytes says."""
    return translate(message(raw), profile, RECEIVED)


def booked(*lines: str, profile: Profile = PROFILE) -> Appointment:
    """The booking that these segments make."""
    found = said(segments(*lines), profile)
    assert isinstance(found, Appointment), found
    return found


def patient(*fields: str, lines: tuple[str, ...] = ()) -> PatientDetails:
    """The patient of a PID that begins with these fields."""
    return booked(SCH, "|".join(["PID", *fields]), *lines).patient


def reach(pid_13: str, pid_14: str = "", profile: Profile = PROFILE) -> tuple[str | None, str | None]:
    """Mobile and mail of these two fields."""
    found = booked(SCH, f"{PID}||||||||||{pid_13}|{pid_14}", profile=profile).patient
    return found.mobile, found.email


def refused(raw: bytes | str) -> str:
    """Why a message is not understood."""
    found = said(raw)
    assert isinstance(found, NotUnderstood), found
    return found.reason


def at(*when: int) -> datetime:
    """A time of 2026, in UTC."""
    return datetime(2026, *when, tzinfo=UTC)  # type: ignore[arg-type, misc]


class TestBookings:
    """SIU^S12, S13, S14: the operation as it now stands."""

    def test_carry_all_that_we_need(self) -> None:
        """Patient, reach, place, time, procedure, surgeon, stay."""
        found = said(own("siu_s12"))
        assert isinstance(found, Appointment)
        assert found.origin.kind == "SIU^S12"
        assert found.origin.sender == "AGENDA|DEMO"
        assert found.origin.sent_at == at(11, 20, 8, 30)
        assert (found.appointment, found.visit, found.unit) == ("RDV17", "260017", "UCA")
        assert found.operation_at == at(11, 24, 7, 30)
        assert found.procedures == (Code("LMMA012", "Cure d'une hernie inguinale", "CCAM"),)
        assert found.surgeon == Clinician("CHIR07", "Démo Chirurgienne")
        assert found.patient == PatientDetails(
            identifiers=(Identifier("900017", "DEMO", "PI"),), family_name="EXEMPLE", given_name="Patiente",
            birth_date=date(1968, 4, 12), sex="F", mobile="+33600000017",
            email="patient017@example.org", language="fr",
        )  # fmt: skip

    def test_that_move_or_change_are_full_snapshots(self) -> None:
        """S13 and S14 say everything again."""
        moved, modified = said(own("siu_s13_moved")), said(own("siu_s14_modified"))
        assert isinstance(moved, Appointment)
        assert isinstance(modified, Appointment)
        assert (moved.appointment, moved.operation_at) == ("RDV17", at(11, 25, 9, 15))
        assert modified.operation_at == at(11, 24, 7, 30)

    def test_of_other_versions_and_dialects(self) -> None:
        """2.3 without structure, delimiters of another kind, notes with line feeds."""
        english = said(own("siu_s12_2_3_english"))
        assert isinstance(english, Appointment)
        assert (english.appointment, english.unit, english.visit) == ("4711", "UCA", "VISIT31")
        assert english.patient.mobile == "+337700900031"
        assert english.patient.email == "pat031@example.org"
        assert english.surgeon == Clinician("SURG9", "Demo Surgeon")
        usual = said(own("siu_s12"))
        assert isinstance(usual, Appointment)
        for name in ("siu_s12_other_delimiters", "siu_s12_wrapped_notes"):
            found = said(own(name))
            assert isinstance(found, Appointment)
            assert replace(found, origin=usual.origin) == usual

    def test_that_are_cancelled(self) -> None:
        """Only the number of the booking counts; the reason is a code."""
        found = said(own("siu_s15_cancelled"))
        assert isinstance(found, AppointmentCancelled)
        assert (found.appointment, found.reason) == ("RDV17", "PATIENT")

    @pytest.mark.parametrize(
        "lines",
        [("SCH|RDV1",), ("SCH|RDV1|||||Le patient ne veut plus",), ("SCH|RDV1", "PID|1||7||||tomorrow")],
    )
    def test_cancellations_ask_for_nothing_else(self, *, lines: tuple[str, ...]) -> None:
        """No odd field elsewhere may keep a cancellation from us."""
        found = said(segments(*lines, kind="SIU^S15"))
        assert isinstance(found, AppointmentCancelled)
        assert (found.appointment, found.reason) == ("RDV1", "hospital")


class TestMovements:
    """ADT: who came and who left."""

    @pytest.mark.parametrize(
        ("name", "what", "when"),
        [
            ("adt_a01_admitted", "admitted", at(11, 24, 6, 12)),
            ("adt_a04_registered", "admitted", at(11, 24, 6, 5)),
            ("adt_a03_discharged", "discharged", at(11, 24, 15, 30)),
            ("adt_a05_preadmitted", "preadmitted", at(11, 18, 9, 0)),
            ("adt_a11_admission_withdrawn", "admission_withdrawn", at(11, 24, 6, 45)),
            ("adt_a13_discharge_withdrawn", "discharge_withdrawn", at(11, 24, 16, 0)),
        ],
    )
    def test_have_one_meaning_each(self, name: str, what: str, when: datetime) -> None:
        """With the time at which it happened, and the stay."""
        found = said(own(name))
        assert isinstance(found, Movement)
        assert (found.what, found.at, found.visit) == (what, when, "260017")

    @pytest.mark.parametrize(
        ("event", "evn", "pv1", "expected"),
        [
            (
                "A01",
                "EVN||202611240900||||202611240800",
                "PV1|1|O" + "|" * 42 + "202611240700",
                at(11, 24, 7, 0),
            ),
            ("A01", "EVN||202611240900", "PV1|1|O" + "|" * 42 + "202611240700", at(11, 24, 6, 0)),
            ("A01", "EVN||202611240900", "PV1|1|O" + "|" * 42 + "20261124", at(11, 24, 8, 0)),
            ("A03", "EVN||202611240900", "PV1|1|O" + "|" * 43 + "202611240800", at(11, 24, 7, 0)),
            ("A13", "EVN||202611240900||||202611240800", "PV1|1|O", at(11, 24, 8, 0)),
            ("A01", "EVN|A01", "PV1|1|O", at(11, 20, 8, 30)),
        ],
    )
    def test_happen_when_the_best_field_says(
        self, event: str, evn: str, pv1: str, expected: datetime
    ) -> None:
        """EVN-6, PV1-44 or 45, EVN-2, MSH-7; an hour is better than a day."""
        found = said(segments(evn, PID, pv1, kind=f"ADT^{event}"))
        assert isinstance(found, Movement)
        assert found.at == expected

    def test_of_people_are_demographics(self) -> None:
        """A08: who it is and how to reach them."""
        found = said(own("adt_a08_changed"))
        assert isinstance(found, Demographics)
        assert found.patient.mobile == "+33600000118"

    def test_are_told_by_evn_where_msh_does_not_say(self) -> None:
        """Only then."""
        assert isinstance(said(segments("EVN|A01", PID, kind="ADT")), Movement)
        assert isinstance(said(segments("EVN|A01", PID, kind="ADT^A08")), Demographics)


PV1 = "PV1|1|I|UCA" + "|" * 16 + "V1"


class TestEndings:
    """Every way in which an operation does not take place."""

    @pytest.mark.parametrize(
        ("kind", "reason"), [("S16", "discontinued"), ("S17", "deleted"), ("S26", "no_show")]
    )
    def test_of_bookings(self, kind: str, reason: str) -> None:
        """S15 gives its reason itself."""
        found = said(segments(SCH, kind=f"SIU^{kind}"))
        assert isinstance(found, AppointmentCancelled)
        assert found.reason == reason

    def test_of_planned_stays(self) -> None:
        """A38 and A27 count only where stays are bookings."""
        raw = segments(PID, PV1, kind="ADT^A38")
        assert said(raw).plan is None
        plan = said(raw, replace(PROFILE, bookings="pam")).plan
        assert isinstance(plan, AppointmentCancelled)
        assert plan.appointment == "visit:V1"


class TestResources:
    """S18 to S22 change parts of a booking."""

    @pytest.mark.parametrize("kind", ["S18", "S19", "S20", "S21", "S22"])
    def test_leave_what_they_do_not_name(self, kind: str) -> None:
        """And say so."""
        found = said(segments(SCH, PID, kind=f"SIU^{kind}"))
        assert isinstance(found, Appointment)
        assert found.partial


class TestPeopleWhoAreOne:
    """Merges and changes of numbers."""

    @pytest.mark.parametrize("kind", ["A40", "A34", "A18", "A47"])
    def test_are_merged(self, kind: str) -> None:
        """MRG-1 goes, PID-3 stays."""
        found = said(segments(PID, "MRG|8^^^DEMO~9^^^OTHER", "MRG|10^^^DEMO", kind=f"ADT^{kind}"))
        assert isinstance(found, Merged)
        assert [[i.value for i in numbers] for numbers in found.merges[0].prior] == [["8", "9"], ["10"]]

    def test_lose_their_national_number_and_stay_themselves(self) -> None:
        """A47 of PAM France."""
        ins = "1800175000000^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.8&ISO^INS"
        assert isinstance(said(segments(PID, f"MRG|{ins}", kind="ADT^A47")), Demographics)

    def test_must_be_named(self) -> None:
        """Else nobody knows who was meant."""
        assert "MRG-1 is empty" in refused(segments(PID, kind="ADT^A40"))

    def test_may_be_several_in_one_message(self) -> None:
        """PID and MRG repeat together."""
        two = segments(PID, "MRG|8^^^DEMO", "PID|1||99^^^DEMO", "MRG|9^^^DEMO", kind="ADT^A40")
        found = said(two)
        assert isinstance(found, Merged)
        pairs = [(m.patient.identifiers[0].value, m.prior[0][0].value) for m in found.merges]
        assert pairs == [("7", "8"), ("99", "9")]

    @pytest.mark.parametrize("kind", ["A44", "A45", "A50", "A51"])
    def test_have_their_stays_moved(self, kind: str) -> None:
        """MRG-5 is the old number, PV1-19 the new one."""
        found = said(segments(PID, "MRG|8^^^DEMO||ACC||OLD", PV1, kind=f"ADT^{kind}"))
        assert isinstance(found, VisitMoved)
        assert (found.prior_visit, found.visit, found.account) == ("OLD", "V1", "ACC")


class TestCorrections:
    """Z99 of PAM France."""

    @pytest.mark.parametrize(
        ("zbe", "expected"),
        [
            ("ZBE|M1|20261124101500||UPDATE|N|A01|||H", "admitted"),
            ("ZBE|M1|20261124101500||UPDATE|N|A03|||H", "discharged"),
            ("ZBE|M1|20261124101500||CANCEL|N|A01|||H", "admission_withdrawn"),
            ("ZBE|M1|20261124101500||UPDATE|N|A01|||C", None),
            ("ZBE|M1|20261124101500||UPDATE|N|A02|||M", None),
            ("ZBE|M1|20261124101500||UPDATE|N|Z99|||H", None),
            ("PV2|", None),
        ],
    )
    def test_are_the_movement_that_they_correct(self, zbe: str, expected: str | None) -> None:
        """With ZBE-2 as its time."""
        found = said(segments(PID, PV1, zbe, kind="ADT^Z99"))
        if expected is None:
            assert isinstance(found, Demographics)
        else:
            assert isinstance(found, Movement)
            assert (found.what, found.at) == (expected, at(11, 24, 9, 15))


class TestPlannedStays:
    """PAM only: the theatre sends no SIU."""

    PAM = replace(PROFILE, bookings="pam", default_unit="UCA", default_pathway="cataract", theatres=("BLOC",))

    @pytest.mark.parametrize(
        ("kind", "pv2", "operation", "arrival"),
        [
            (
                "A05",
                "||||||||202611240730|||||||||||||||||||||||||202611240900",
                (11, 24, 8),
                (11, 24, 6, 30),
            ),
            ("A14", "||||||||202611240745", (11, 24, 6, 45), (11, 24, 6, 45)),
            ("A05", "||||||||20261124", (11, 24, 6, 30), (11, 24, 6, 30)),
            ("A05", "|||||||||||||||||||||||||||||||||20261124", (11, 24, 6, 30), (11, 24, 6, 30)),
        ],
    )
    def test_begin_with_what_is_known(
        self, kind: str, pv2: str, operation: tuple[int, ...], arrival: tuple[int, ...]
    ) -> None:
        """PV2-33, PV2-8, or the hour at which the first patients come."""
        plan = said(segments(PID, PV1, f"PV2{pv2}", kind=f"ADT^{kind}"), self.PAM).plan
        assert isinstance(plan, Appointment)
        assert (plan.operation_at, plan.arrival_at) == (at(*operation), at(*arrival))
        assert (plan.appointment, plan.pathway) == ("visit:V1", "cataract")

    def test_without_a_day_are_movements_only(self) -> None:
        """Nobody can be called in for an unknown day."""
        assert said(segments(PID, PV1, kind="ADT^A05"), self.PAM).plan is None

    def test_go_to_theatre(self) -> None:
        """A02 into a place that the profile calls a theatre."""
        raw = segments(PID, PV1.replace("UCA", "BLOC"), "ZBE|1|20261124101500", kind="ADT^A02")
        plan = said(raw, self.PAM).plan
        assert isinstance(plan, Appointment)
        assert (plan.operation_at, plan.implied) == (at(11, 24, 9, 15), True)
        assert said(raw).plan is None

    def test_count_where_they_are_day_surgery(self) -> None:
        """PV1-2, PV1-10 or PV1-18."""
        only = replace(self.PAM, day_surgery=("AMBU",))
        raw = segments(PID, PV1, "PV2||||||||202611240745", kind="ADT^A05")
        assert said(raw, only).plan is None
        assert said(raw.replace("PV1|1|I|", "PV1|1|AMBU|"), only).plan is not None


class TestEnrolments:
    """Beyond day surgery."""

    EMERGENCY = replace(
        PROFILE, enrolments=(Enrolment(when="discharged", classes=("E",), pathway="after-emergency"),)
    )
    CLASSIC = replace(
        PROFILE, enrolments=(Enrolment(when="preadmitted", classes=("I",), pathway="before-a-stay"),)
    )

    def test_after_an_emergency_visit(self) -> None:
        """When the patient goes home."""
        raw = segments("EVN||202611241015", PID, PV1.replace("|I|", "|E|"), kind="ADT^A03")
        plan = said(raw, self.EMERGENCY).plan
        assert isinstance(plan, Appointment)
        assert (plan.pathway, plan.operation_at) == ("after-emergency", at(11, 24, 9, 15))
        assert said(raw).plan is None
        assert said(raw.replace("|E|", "|I|"), self.EMERGENCY).plan is None

    def test_before_a_classic_stay(self) -> None:
        """With the day on which the patient is expected."""
        raw = segments(PID, PV1, "PV2||||||||202611240745", kind="ADT^A05")
        plan = said(raw, self.CLASSIC).plan
        assert isinstance(plan, Appointment)
        assert (plan.pathway, plan.arrival_at) == ("before-a-stay", at(11, 24, 6, 45))


class TestOrders:
    """ORM and OMG."""

    ORDERS = replace(PROFILE, orders=True)

    @pytest.mark.parametrize("kind", ["ORM^O01", "OMG^O19"])
    def test_book_and_cancel(self, kind: str) -> None:
        """By ORC-1."""
        raw = segments(PID, "ORC|NW|O1|||||^^^202611240900", "OBR|1|O1||BFGA004^Cataracte^CCAM", kind=kind)
        found = said(raw, self.ORDERS)
        assert isinstance(found, Appointment)
        assert (found.appointment, found.operation_at) == ("order:O1", at(11, 24, 8))
        gone = said(raw.replace("ORC|NW", "ORC|CA"), self.ORDERS)
        assert isinstance(gone, AppointmentCancelled)
        assert gone.appointment == "order:O1"

    def test_for_something_else_are_of_no_concern(self) -> None:
        """A blood count is no operation; and a profile may not want orders at all."""
        raw = segments(PID, "ORC|NW|O1", "OBR|1|O1||NFS^Blood count^L", kind="ORM^O01")
        assert isinstance(said(raw, self.ORDERS), NoConcern)
        assert isinstance(said(raw.replace("NFS", "BFGA004")), NoConcern)

    def test_without_an_hour_are_not_understood(self) -> None:
        """A patient would fast on a guess."""
        raw = segments(PID, "ORC|NW|O1", "OBR|1|O1||BFGA004^Cataracte^CCAM", kind="ORM^O01")
        found = said(raw, self.ORDERS)
        assert isinstance(found, NotUnderstood)
        assert "no operation time" in found.reason


class TestDialects:
    """What the profile says of places."""

    def test_of_phones(self) -> None:
        """A Z segment holds them somewhere."""
        raw = segments(SCH, PID, "ZPA|06 00 00 00 02")
        found = said(raw, replace(PROFILE, phones=("ZPA-1", "PID-13")))
        assert isinstance(found, Appointment)
        assert found.patient.mobile == "+33600000002"

    @pytest.mark.parametrize(("value", "expected"), [("NON", "N"), ("OUI", "Y"), ("", None), ('""', "")])
    def test_of_consent(self, value: str, expected: str | None) -> None:
        """Empty keeps, null clears."""
        profile = replace(PROFILE, consent=Consent(field="ZPA-2", refused=("NON",)))
        found = said(segments(SCH, PID, f"ZPA||{value}"), profile)
        assert isinstance(found, Appointment)
        assert found.patient.consent == expected

    def test_of_day_surgery(self) -> None:
        """Other bookings are of no concern."""
        only = replace(PROFILE, day_surgery=("AMBU",))
        assert isinstance(said(segments(SCH, PID, PV1), only), NoConcern)
        assert isinstance(said(segments(SCH, PID, PV1.replace("|I|", "|AMBU|")), only), Appointment)


class TestOrder:
    """Which of two messages is the newer word."""

    @pytest.mark.parametrize(
        ("older", "newer"),
        [
            (("20261120093000", "", "", "2"), ("20261120093001", "", "", "1")),
            (("20261120093000.1", "", "", "2"), ("20261120093000.2", "", "", "1")),
            (("20261120103000+0200", "", "", "2"), ("20261120093001+0100", "", "", "1")),
            (("20261120093000", "20261120092900", "", "2"), ("20261120093000", "20261120092901", "", "1")),
            (("20261120093000", "", "9", "2"), ("20261120093000", "", "10", "1")),
            (("20261120093000", "", "", "9"), ("20261120093000", "", "", "10")),
        ],
    )
    def test_is_msh_7_then_evn_2_then_the_sequence(
        self, older: tuple[str, ...], newer: tuple[str, ...]
    ) -> None:
        """And then the control id, so that it is always the same."""

        def word(msh_7: str, evn_2: str, msh_13: str, control_id: str) -> str:
            header = f"MSH|^~\\&|A|DEMO|V|DEMO|{msh_7}||ADT^A08|{control_id}|P|2.5|{msh_13}"
            found = said(f"{header}\rEVN||{evn_2}\r{PID}\r")
            assert isinstance(found, Demographics), found
            return found.origin.word

        assert word(*older) < word(*newer)


class TestOfNoConcern:
    """Messages that are understood and change nothing here."""

    def test_are_named(self) -> None:
        """With their kind in the reason."""
        found = said(own("oru_r01_no_concern"))
        assert isinstance(found, NoConcern)
        assert found.reason == f"{found.origin.kind} is of no concern"

    def test_are_seen_where_the_profile_wants_it(self) -> None:
        """As quarantine."""
        found = said(own("oru_r01_no_concern"), replace(PROFILE, unknown_events="quarantine"))
        assert isinstance(found, NotUnderstood)

    @pytest.mark.parametrize("kind", ["SIU^S23", "SIU^S24"])
    def test_are_slots(self, kind: str) -> None:
        """They name no patient."""
        assert isinstance(said(segments("SCH|1", kind=kind)), NoConcern)


class TestNotUnderstood:
    """Quarantine: the reason names the field."""

    @pytest.mark.parametrize(
        ("raw", "reason"),
        [
            (segments(kind=""), "MSH-9.1 is empty"),
            (segments(kind="ZIU^S12"), 'MSH-9.1 is "ZIU"'),
            (segments(PID, kind="ADT"), "MSH-9.2 and EVN-1 are empty"),
            (segments(SCH, PID).replace("|C1|", "||"), "MSH-10 is empty"),
            (segments(SCH, PID).replace("|C1|", f"|{'9' * 200}|"), "MSH-10 is longer than 199"),
            (own("other_hospital"), 'MSH-4.1 is "ELSEWHERE"'),
            (segments(SCH, PID).replace("|AGENDA|DEMO|", "|AGENDA||"), "MSH-4.1 is empty"),
            (segments(SCH, PID).replace("20261120093000", "yesterday"), "MSH-7.1 is not a time"),
            (segments(SCH), "PID is missing"),
            (segments(SCH, "PID|1||^^^DEMO"), "PID-3.1 is empty"),
            (segments(SCH, 'PID|1||""'), "PID-3.1 is empty"),
            (segments(SCH, f"{PID}||||12/04/1968"), "PID-7 is not a date"),
            (segments(SCH, f"{PID}||{'X' * 501}"), "PID-5 is longer than 500"),
            (segments(PID), "SCH is missing"),
            (segments("SCH|", PID), "SCH-1.1 and SCH-2.1 are empty"),
            (own("no_operation_time"), "SCH-11.4, TQ1-7 and AIS-4 are empty: no operation time"),
            (segments("SCH|1||||||||||^^^20261124", PID), "SCH-11.4 has no hour"),
            (segments("SCH|1||||||||||^^^24/11/2026", PID), "SCH-11.4 is not a time"),
            (segments("SCH|1", PID, "TQ1|1||||||noon"), "TQ1-7 is not a time"),
            (segments(SCH, PID, "AIS|1||X|202611250830"), "AIS-4 and TQ1-7 / SCH-11.4 name different days"),
            (segments("EVN||2026112409000000", PID, kind="ADT^A01"), "EVN-2.1 is not a time"),
        ],
    )  # fmt: skip
    def test_says_which_field(self, raw: bytes | str, reason: str) -> None:
        """So that an integrator knows what to do."""
        assert reason in refused(raw)

    @pytest.mark.parametrize("name", ["garbage", "batch"])
    def test_of_no_message_has_no_origin(self, name: str) -> None:
        """The reader's reason stands."""
        found = translate(read(own(name)), PROFILE, RECEIVED)
        assert isinstance(found, NotUnderstood)
        assert found.origin is None

    def test_knows_the_message_again(self) -> None:
        """The origin is there where the header could be read."""
        found = said(own("no_operation_time"))
        assert isinstance(found, NotUnderstood)
        assert found.origin is not None
        assert (found.origin.control_id, found.origin.sent_at) == ("DEMO-S12-4", at(11, 20, 8, 30))


class TestOperationTimes:
    """When the patient is operated on."""

    @pytest.mark.parametrize(
        ("sch", "tq1", "ais", "expected"),
        [
            ("202611240830", "", "", at(11, 24, 7, 30)),
            ("202001010000", "202611240830", "", at(11, 24, 7, 30)),
            ("202611240830", "202611240900", "202611240930", at(11, 24, 8, 30)),
            ("", "", "202611240930", at(11, 24, 8, 30)),
            ("", "20261124083000.1234-0500", "", at(11, 24, 13, 30)),
            ("2026112408", "", "", at(11, 24, 7, 0)),
            ("202607140830", "", "", at(7, 14, 6, 30)),
            ("202603290230", "", "", at(3, 29, 1, 30)),
            ("202610250230", "", "", at(10, 25, 0, 30)),
        ],
    )
    def test_come_from_the_best_field(self, sch: str, tq1: str, ais: str, expected: datetime) -> None:
        """AIS-4, TQ1-7, SCH-11.4; with an offset or in the hospital's zone, summer and winter."""
        lines = (f"SCH|1||||||||||^^^{sch}", PID, f"TQ1|1||||||{tq1}", f"AIS|1||X|{ais}")
        assert booked(*lines).operation_at == expected

    def test_of_a_resource_taken_away_do_not_count(self) -> None:
        """Action code D."""
        found = said(own("siu_s12_tq1_with_offset"))
        assert isinstance(found, Appointment)
        assert found.operation_at == at(11, 24, 9, 10)
        assert [code.code for code in found.procedures] == ["NFFC003"]

    @pytest.mark.parametrize(
        ("expected", "arrival"), [("202611240715", at(11, 24, 6, 15)), ("20261124", None), ("", None)]
    )
    def test_of_arrival_come_from_pv2(self, expected: str, arrival: datetime | None) -> None:
        """PV2-8, where it says the hour."""
        assert booked(SCH, PID, f"PV2||||||||{expected}").arrival_at == arrival

    @given(st.text("0123456789+-.", max_size=26))
    def test_that_are_odd_never_raise(self, text: str) -> None:
        """Year 0, 9999 with an offset, 25 o'clock."""
        assert isinstance(said(segments(f"SCH|1||||||||||^^^{text}", PID)), Appointment | NotUnderstood)


class TestProcedures:
    """What is done."""

    @pytest.mark.parametrize(
        ("lines", "codes"),
        [
            (("AIS|1||LMMA012^a^CCAM", "AIS|2||BFGA004^b"), ["LMMA012", "BFGA004"]),
            (("AIS|1||LOCAL7^a^L^LMMA012^b^CCAM",), ["LMMA012"]),
            (("PR1|1||NFFC003",), ["NFFC003"]),
            (("AIS|1||X1", "PR1|1||NFFC003"), ["X1"]),
            (("AIS|1", "PR1|1||NFFC003"), ["NFFC003"]),
            ((), []),
        ],
    )
    def test_come_from_ais_or_pr1(self, lines: tuple[str, ...], codes: list[str]) -> None:
        """The alternate code counts where only it is one that the profile knows."""
        assert [code.code for code in booked(SCH, PID, *lines).procedures] == codes

    def test_come_from_the_booking_only_where_the_profile_knows_them(self) -> None:
        """SCH-7 and SCH-8 have other uses."""
        found = booked("SCH|1||||||BFGA004|CHECKUP|||^^^202611240830", PID)
        assert [code.code for code in found.procedures] == ["BFGA004"]


class TestSurgeons:
    """Who operates."""

    @pytest.mark.parametrize(
        ("lines", "code"),
        [
            (("AIP|1||A^B^C|ANES", "AIP|2||S^B^C|^Primary Surgeon"), "S"),
            (("AIP|1||A^B^C|ASSISTSURG^Assistant surgeon", "PV1|1|O|||||P^Q^R"), "P"),
            (("AIP|1|D|S^B^C|SURGEON", "PV1|1|O|||||P^Q^R"), "P"),
            (("AIG|1||G^Gee|CHIRURGIEN",), "G"),
            (("AIP|1||X^B^C|NURSE", "PR1|1||Y||||||||P^Q^R"), "P"),
            (("AIP|1||X^B^C",), "X"),
            (("AIP|1||X^B^C", "AIP|2||Y^B^C"), None),
            (("AIP|1||^B^C|SURGEON",), None),
        ],
    )
    def test_are_found_by_their_role(self, lines: tuple[str, ...], code: str | None) -> None:
        """A person without a role counts only when alone; nobody is named without a code."""
        found = booked(SCH, PID, *lines).surgeon
        assert (found and found.code) == code


class TestUnits:
    """Where the patient comes to."""

    @pytest.mark.parametrize(
        ("lines", "unit"),
        [
            (("AIL|1||UCA",), "UCA"), (("AIL|1||BLOC^SALLE 3",), "UCA"),
            (("AIL|1||BLOC", "PV1|1|O|UCA^12"), "UCA"),
            (("AIL|1|D|UCA",), None), (("AIL|1||BLOC",), None), ((), None),
        ],
    )  # fmt: skip
    def test_are_mapped_by_the_profile(self, lines: tuple[str, ...], unit: str | None) -> None:
        """AIL-3, then PV1-3."""
        assert booked(SCH, PID, *lines).unit == unit

    def test_have_a_default(self) -> None:
        """Where the profile has one."""
        assert booked(SCH, PID, profile=replace(PROFILE, default_unit="UCA")).unit == "UCA"


class TestPeople:
    """PID."""

    @pytest.mark.parametrize(
        ("pid_5", "names"),
        [
            ("A^B", ("A", "B")), ("L1^L2^^^^^L~D1^D2^^^^^D", ("D1", "D2")),
            ("X^Y^^^^^M~L1^L2^^^^^L", ("L1", "L2")),
            ('L1^L2^^^^^L~""^D2^^^^^D', ("L1", "D2")), ('""', ("", "")), ("", (None, None)),
            ("A", ("A", None)), ('A^""', ("A", "")), ("M\\T\\M&own^B", ("M&M", "B")),
        ],
    )  # fmt: skip
    def test_have_the_name_in_use(self, pid_5: str, names: tuple[str | None, str | None]) -> None:
        """D before L before the first."""
        found = patient("1", "", "7^^^DEMO", "", pid_5)
        assert (found.family_name, found.given_name) == names

    @pytest.mark.parametrize(
        ("pid_7", "expected"),
        [
            ("19680412", date(1968, 4, 12)), ("196804120830+0100", date(1968, 4, 12)),
            ("", None), ('""', None),
            ("1968", None), ("196804", None), ("19680000", None), ("19681340", None),
        ],
    )  # fmt: skip
    def test_have_a_birth_date_or_none(self, pid_7: str, expected: date | None) -> None:
        """A day that is not wholly known is none."""
        assert patient("1", "", "7^^^DEMO", "", "", "", pid_7).birth_date == expected

    @pytest.mark.parametrize(
        ("pid_15", "expected"),
        [
            ("fr", "fr"), ("FRA", "fr"), ("fre^French", "fr"), ("fr-FR", "fr"), ("fr_CA", "fr"),
            ("ENG", "en"),
            ("en-GB", "en"), ("Français", "fr"), ("pt", "pt"), ("POR", "pt"), ("xyz", None),
            ("", None), ('""', ""),
        ],
    )  # fmt: skip
    def test_speak_a_language(self, pid_15: str, expected: str | None) -> None:
        """Two letters."""
        assert patient("1", "", "7^^^DEMO", *[""] * 11, pid_15).language == expected

    def test_have_the_number_of_the_hospital_first(self) -> None:
        """The profile's authorities in its order, the others behind, an authority by name or OID."""
        found = patient("1", "", "1^^^OTHER^MR~2^^^DEMO^PI~3^^^&1.2.3&ISO~^^^DEMO~4").identifiers
        assert found == (
            Identifier("2", "DEMO", "PI"), Identifier("1", "OTHER", "MR"), Identifier("3", "1.2.3", ""),
            Identifier("4", "", ""),
        )  # fmt: skip

    def test_have_a_national_number_only_when_it_is_qualified(self) -> None:
        """INS with PID-32 VALI; the billing number (NH) of the same authority is another thing."""
        numbers = "1^^^INS-A&1.2.250.1.213.1.4.8&ISO^INS~2^^^INS-A&1.2.250.1.213.1.4.8&ISO^NH~7^^^DEMO^PI"
        kinds = {
            status: [i.kind for i in patient("1", "", numbers, *[""] * 28, status).identifiers]
            for status in ("VALI", "PROV", "")
        }
        assert kinds == {"VALI": ["PI", "INS", "NH"], "PROV": ["PI", "NH"], "": ["PI", "NH"]}

    def test_without_a_word_stay_as_they_are_known(self) -> None:
        """All absent."""
        assert patient("1", "", "7^^^DEMO") == PatientDetails(identifiers=(Identifier("7", "DEMO", ""),))


class TestReach:
    """PID-13 and PID-14, in every dialect."""

    @pytest.mark.parametrize(
        ("pid_13", "mobile", "email"),
        [
            ("^PRN^CP^^^^^^^^^0600000001", "+33600000001", None),
            ("06 00 00 00 01", "+33600000001", None),
            ("06.00.00.00.01", "+33600000001", None),
            ("+33 (0)6 00 00 00 01", "+33600000001", None),
            ("0033600000001", "+33600000001", None),
            ("33600000001", "+33600000001", None),
            ("600000001", "+33600000001", None),
            ("+447700900001", "+447700900001", None),
            ("^^^^33^6^00000001", "+33600000001", None),
            ("^^^^^06^00000001", "+33600000001", None),
            ("0100000001~0600000002", "+33600000002", None),
            ("0600000002~^^CP^^^^^^^^^0100000001", "+33100000001", None),
            ("0600000002~0700000001^MOBILE", "+33700000001", None),
            ("0100000001", "+33100000001", None),
            ("^^FX^^^^^^^^^0600000001", None, None),
            ("12", "12", None),
            ("12~0100000001", "+33100000001", None),
            ("unknown", None, None),
            ("^NET^Internet^a@example.org", None, "a@example.org"),
            ("a@example.org^EMAIL", None, "a@example.org"),
            ("^NET^X.400^^^^^^^^^a@example.org~0600000001", "+33600000001", "a@example.org"),
            ('""', "", ""),
            ('^PRN^CP^^^^^^^^^""', "", None),
            ('^NET^Internet^""', None, ""),
            ('""~0600000001', "+33600000001", ""),
            ("0100000001X23", "+33100000001", None),
            ("", None, None),
        ],
    )
    def test_is_read_from_any_component(self, pid_13: str, mobile: str | None, email: str | None) -> None:
        """XTN-12, XTN-1, then 5, 6, 7; mail wherever an @ is."""
        assert reach(pid_13) == (mobile, email)

    def test_is_found_in_the_second_field(self) -> None:
        """PID-14 behind PID-13."""
        assert reach('""', "0600000009") == ("+33600000009", "")
        assert reach("0100000001", "0600000009") == ("+33600000009", None)

    @pytest.mark.parametrize(
        ("code", "sent", "expected"),
        [
            ("44", "07700 900031", "+447700900031"), ("1", "(608)271-9000", "+16082719000"),
            ("262", "0692 00 00 01", "+262692000001"), ("32", "0470 00 00 01", "+32470000001"),
        ],
    )  # fmt: skip
    def test_uses_the_country_of_the_hospital(self, code: str, sent: str, expected: str) -> None:
        """Its dialling code stands for the leading 0."""
        assert reach(sent, profile=replace(PROFILE, country_code=code))[0] == expected


class TestEveryMessage:
    """Ends in a defined result."""

    @pytest.mark.parametrize("path", sorted(OWN.glob("*.hl7")), ids=lambda path: path.stem)
    def test_of_ours(self, path: object) -> None:
        """Each file beside these tests."""
        raw = path.read_bytes()  # type: ignore[attr-defined]
        assert isinstance(translate(read(raw), PROFILE, RECEIVED), RESULTS)

    def test_of_other_systems(self) -> None:
        """Where they are at hand, each with its own facility allowed and each as every event we read."""
        paths = sorted(SHARED.glob("*/*.hl7"))
        if not paths:
            pytest.skip("no shared/messages beside the project")
        events = ("SIU^S12", "SIU^S15", "ADT^A01", "ADT^A08")
        for path, event in product(paths, ("", *events)):
            raw = path.read_bytes()
            found = message(raw)
            facility = (found.get("MSH-4.1") or "").strip()
            kind = (found.get("MSH-9.1") or "").encode() + b"^" + (found.get("MSH-9.2") or "").encode()
            changed = raw.replace(kind, event.encode(), 1) if event else raw
            profile = replace(PROFILE, facilities=(facility,))
            assert isinstance(translate(read(changed), profile, RECEIVED), RESULTS)

    @given(st.sampled_from(sorted(OWN.glob("*.hl7"))), st.data())
    def test_that_was_damaged(self, path: object, data: st.DataObject) -> None:
        """Bytes changed, lost or doubled behind the header."""
        raw = bytearray(path.read_bytes())  # type: ignore[attr-defined]
        for _ in range(data.draw(st.integers(1, 6))):
            where = data.draw(st.integers(0, len(raw) - 1))
            with_what = data.draw(
                st.sampled_from((b"", b"|", b"^", b'""', b"\r", b"\n", b"~", b"\xff", b"0"))
            )
            raw[where : where + 1] = with_what or b" "
        assert isinstance(translate(read(bytes(raw)), PROFILE, RECEIVED), RESULTS)
