"""Reports to the hospital: valid HL7, and whatever a patient typed stays in its field."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from hl7apy.parser import parse_message  # type: ignore[import-untyped,unused-ignore]
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.application.incoming import Code, Identifier
from chalicelib.application.report_content import Observation, ReportContent, ResolvedAlert
from chalicelib.hl7.read import split
from chalicelib.hl7.write import observation_report
from tests.hl7.examples import message

if TYPE_CHECKING:
    from chalicelib.hl7.message import Message

AT = datetime(2026, 11, 25, 9, 5, tzinfo=UTC)
PAIN = Observation(
    code=Code("72514-3", "Pain severity 0-10", "LN"), kind="number", value="8", observed_at=AT,
    units="{score}", reference_range="0-10", abnormal="AA",
)  # fmt: skip
DRINKS = Observation(
    code=Code("VIGIE-DRINKS", "Drinks", "L"), kind="coded", value="Y", value_text="Oui",
    value_system="HL70136",
    observed_at=AT,
)  # fmt: skip
WORDS = Observation(code=Code("VIGIE-WORDS", "In own words", "L"), kind="text", value="ça va", observed_at=AT)
ALERT = ResolvedAlert(
    level="red",
    reasons=(Code("pain-high", "Pain 8/10", "L"), Code("no-drink", "Does not drink", "L")),
    outcome=Code("advice", "Advice given", "L"),
    by="N042",
    by_name="Infirmière Démo",
    raised_at=AT,
    resolved_at=AT,
)
REPORT = ReportContent(
    control_id="VIGIE-R-1", report="abc.response.after.1", sender=("VIGIE", "DEMO"), receiver=("GAM", "DEMO"),
    written_at=AT, zone="Europe/Paris",
    identifiers=(Identifier("900017", "DEMO", "PI"), Identifier("9990000031", "NHS", "NHSNMBR")),
    family_name="EXEMPLE", given_name="Patiente", birth_date=date(1968, 4, 12), sex="F", visit="260017",
    panel=Code("VIGIE-AFTER", "Day after surgery", "L"), observed_at=AT, observations=(PAIN, DRINKS, WORDS),
    appointment="RDV17",
)  # fmt: skip

hostile = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=80),
    st.text('|^~\\&\r\n\v\x1c"FSTREX.br0D\ue000#', max_size=40),
    st.sampled_from(
        ('""', "a\rMSH|^~\\&|X", "\\E\\T\\", "\\.br\\", "\x1c\rOBX|1|NM|||9", "\ue000X0D\ue000", " x ")
    ),
)


def sent(report: ReportContent) -> Message:
    """The report, read again; hl7apy has found it valid."""
    raw = observation_report(report)
    assert parse_message(raw.decode()).validate()
    assert split(raw) == (raw,)
    return message(raw)


def normal(text: str) -> str | None:
    """What a text looks like once its line ends are all of one kind."""
    return text.replace("\r\n", "\n").replace("\r", "\n") or None


def component(text: str) -> str | None:
    """Blanks alone are no name and no meaning."""
    return normal(text) if text.strip() else None


class TestAReport:
    """Says what the hospital needs to file it."""

    found = sent(REPORT)

    def test_names_sender_receiver_and_character_set(self) -> None:
        """MSH; times in the hospital's zone with their offset."""
        addresses = {
            "MSH-3": "VIGIE", "MSH-4": "DEMO", "MSH-5": "GAM", "MSH-6": "DEMO",
            "MSH-7": "20261125100500+0100",
            "MSH-9.1": "ORU", "MSH-9.2": "R01", "MSH-9.3": "ORU_R01", "MSH-10": "VIGIE-R-1", "MSH-11": "P",
            "MSH-12": "2.5", "MSH-18": "UNICODE UTF-8",
        }  # fmt: skip
        assert {a: self.found.get(a) for a in addresses} == addresses

    def test_names_the_patient_as_received(self) -> None:
        """All numbers, and the stay."""
        assert self.found.all("PID-3") == ("900017", "9990000031")
        assert self.found.all("PID-3.4") == ("DEMO", "NHS")
        assert self.found.all("PID-3.5") == ("PI", "NHSNMBR")
        assert [self.found.get(a) for a in ("PID-5.1", "PID-5.2", "PID-7", "PID-8", "PV1-19")] == [
            "EXEMPLE", "Patiente", "19680412", "F", "260017",
        ]  # fmt: skip

    def test_names_what_was_asked(self) -> None:
        """OBR."""
        addresses = {
            "OBR-2": "RDV17", "OBR-3.1": "abc.response.after.1", "OBR-3.2": "VIGIE", "OBR-4.1": "VIGIE-AFTER",
            "OBR-4.3": "L", "OBR-7": "20261125100500+0100", "OBR-22": "20261125100500+0100", "OBR-25": "F",
        }  # fmt: skip
        assert {a: self.found.get(a) for a in addresses} == addresses

    def test_has_a_line_for_each_answer(self) -> None:
        """OBX in the order of the answers, each with its type, its code and its flag."""
        lines = [str(segment) for segment in self.found.every("OBX")]
        assert lines == [
            "OBX|1|NM|72514-3^Pain severity 0-10^LN||8|{score}^^UCUM|0-10|AA|||F|||20261125100500+0100",
            "OBX|2|CE|VIGIE-DRINKS^Drinks^L||Y^Oui^HL70136||||||F|||20261125100500+0100",
            "OBX|3|TX|VIGIE-WORDS^In own words^L||ça va||||||F|||20261125100500+0100",
        ]

    def test_says_what_came_of_an_alert(self) -> None:
        """Why, what, and who."""
        lines = [str(s) for s in sent(replace(REPORT, observations=(), alert=ALERT)).every("OBX")]
        who = "||N042^Infirmière Démo"
        assert lines == [
            f"OBX|1|CE|VIGIE-ALERT^Alert^L|1|pain-high^Pain 8/10^L|||AA|||F|||20261125100500+0100{who}",
            f"OBX|2|CE|VIGIE-ALERT^Alert^L|2|no-drink^Does not drink^L|||AA|||F|||20261125100500+0100{who}",
            f"OBX|3|CE|VIGIE-OUTCOME^Alert outcome^L||advice^Advice given^L||||||F|||20261125100500+0100{who}",
        ]

    def test_is_valid_with_the_least(self) -> None:
        """No name, no birth date, no stay, no answer."""
        least = replace(
            REPORT, family_name="", given_name="", birth_date=None, sex="", visit=None,
            observations=(), appointment=None
        )  # fmt: skip
        found = sent(least)
        assert found.get("PID-5") is None
        assert "PV1" not in found


class TestHostileText:
    """Comes back as it was typed, from its own field."""

    @given(hostile, hostile, hostile)
    @example("", "\x0c", " ")
    def test_stays_in_its_field(self, words: str, name: str, meaning: str) -> None:
        """No segment, field, component or repetition is added; nothing is lost."""
        answers = (replace(WORDS, value=words), replace(DRINKS, value_text=meaning), PAIN)
        found = sent(replace(REPORT, observations=answers, family_name=name))
        assert [s.name for s in found.segments] == ["MSH", "PID", "PV1", "OBR", "OBX", "OBX", "OBX"]
        first, second, third = found.every("OBX")
        assert first.get("OBX-5") == normal(words)
        assert (second.get("OBX-5.1"), second.get("OBX-5.2")) == ("Y", component(meaning))
        assert third.get("OBX-5") == "8"
        assert found.get("PID-5.1") == component(name)
        assert len(found.repetitions("PID-5")) == 1

    @given(st.integers(0, 10))
    def test_every_number_of_a_scale_is_written_as_it_is(self, number: int) -> None:
        """A 0 stays a 0."""
        found = sent(replace(REPORT, observations=(replace(PAIN, value=str(number)),)))
        assert found.get("OBX-5") == str(number)


class TestEveryKindOfAnswer:
    """Numbers with their unit, several answers as repetitions, days as days."""

    def test_has_its_own_type(self) -> None:
        """NM, CE, DT."""
        code = Code("VIGIE-X", "X", "L")
        answers = (
            Observation(code=code, kind="number", value="37.5", units="Cel", observed_at=AT),
            Observation(
                code=code, kind="coded", value="", observed_at=AT,
                several=(Code("fever", "Fever ~ | 38", "L"), Code("cough", "Cough", "L")),
            ),
            Observation(code=code, kind="date", value="2026-11-25", observed_at=AT),
        )  # fmt: skip
        number, several, day = (
            str(line) for line in sent(replace(REPORT, observations=answers)).every("OBX")
        )
        assert number.startswith("OBX|1|NM|VIGIE-X^X^L||37.5|Cel^^UCUM|")
        assert several.startswith("OBX|2|CE|VIGIE-X^X^L||fever^Fever \\R\\ \\F\\ 38^L~cough^Cough^L|")
        assert day.startswith("OBX|3|DT|VIGIE-X^X^L||20261125|")
