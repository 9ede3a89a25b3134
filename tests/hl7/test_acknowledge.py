"""The immediate answer, from the bytes of MSH alone."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from hl7apy.parser import parse_message  # type: ignore[import-untyped,unused-ignore]
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.hl7.acknowledge import Code, acknowledgement, is_wanted
from tests.hl7.examples import OWN, ROOT, SHARED, message, own

AT = datetime(2026, 11, 24, 9, 0, 5, tzinfo=UTC)


def answer(frame: bytes, code: Code = "AA", text: str = "stored") -> bytes:
    """The answer to these bytes."""
    return acknowledgement(frame, code, text, AT, "VIGIE-1")


def header(*fields: str) -> bytes:
    """A message that is only MSH-3 and what follows."""
    return "|".join(["MSH", "^~\\&", *fields]).encode() + b"\r"


class TestAnAnswer:
    """Original mode."""

    def test_swaps_sender_and_receiver(self) -> None:
        """And copies what must be copied."""
        assert answer(own("siu_s12")) == (
            b"MSH|^~\\&|VIGIE|DEMO|AGENDA|DEMO|20261124090005+0000||ACK^S12^ACK|VIGIE-1|P|2.5^FRA^2.11||||||"
            b"UNICODE UTF-8\rMSA|AA|DEMO-S12-1|stored\r"
        )

    def test_is_in_their_own_delimiters(self) -> None:
        """So that what is copied keeps its meaning."""
        found = message(answer(own("siu_s12_other_delimiters")))
        assert [found.get(a) for a in ("MSH-2", "MSH-5", "MSH-9.2", "MSA-1", "MSA-2")] == [
            "*~%/".replace("~", "+"), "AGENDA", "S12", "AA", "DEMO-S12-3",
        ]  # fmt: skip

    def test_copies_bytes_of_any_character_set(self) -> None:
        """Nothing is decoded."""
        frame = header("Généra", "Hôpital", "V", "D", "2026", "", "ADT^A01", "é1").decode().encode("cp1252")
        found = answer(frame)
        assert b"|V|D|G\xe9n\xe9ra|H\xf4pital|" in found
        assert b"MSA|AA|\xe91|stored\r" in found

    @pytest.mark.parametrize(
        ("kind", "expected"),
        [("ADT^A01^ADT_A01", "ACK^A01^ACK"), ("ADT^A01", "ACK^A01"), ("ADT", "ACK"), ("", "ACK")],
    )
    def test_names_their_event(self, kind: str, expected: str) -> None:
        """With a structure only where they use one."""
        assert f"||{expected}|VIGIE-1|".encode() in answer(header("A", "B", "C", "D", "2026", "", kind, "1"))

    @pytest.mark.parametrize("text", ["a|b^c~d\\e&f\rMSA|AA|x\n", "éàü", '""'])
    def test_keeps_our_words_in_their_field(self, text: str) -> None:
        """No delimiter, no new segment, no odd byte."""
        found = answer(own("siu_s12"), "AE", text)
        assert found.count(b"\r") == 2
        assert found.isascii()
        assert found.split(b"\r")[1].count(b"|") == 3

    @pytest.mark.parametrize("frame", [b"", b"garbage", own("garbage"), b"\x0b\x1c\r", b"MSH"])
    def test_to_no_message_is_still_one(self, frame: bytes) -> None:
        """MSA-2 is empty."""
        assert answer(frame, "AE", "no MSH") == (
            b"MSH|^~\\&|||||20261124090005+0000||ACK|VIGIE-1|P|2.5\rMSA|AE||no MSH\r"
        )

    def test_is_one_for_hl7apy(self) -> None:
        """A peer's parser accepts it."""
        er7 = answer(own("siu_s12_tq1_with_offset")).decode().replace("^~\\&#", "^~\\&")
        assert parse_message(er7).validate()


class TestEnhancedMode:
    """MSH-15 or MSH-16 is filled."""

    @pytest.mark.parametrize(("code", "expected"), [("AA", "CA"), ("AE", "CE"), ("AR", "CR")])
    @pytest.mark.parametrize("modes", [("AL", "NE"), ("", "AL"), ("NE", "")])
    def test_answers_with_commit_codes(self, code: Code, expected: str, modes: tuple[str, str]) -> None:
        """CA, CE, CR."""
        frame = header(*"ABCD", "2026", "", "ADT^A01", "1", "P", "2.5", "", "", *modes)
        assert message(answer(frame, code)).get("MSA-1") == expected

    @pytest.mark.parametrize(
        ("mode", "wanted"),
        [("", "AA AE AR"), ("AL", "AA AE AR"), ("NE", ""), ("ER", "AE AR"), ("SU", "AA"), ("??", "AA AE AR")],
    )
    def test_says_which_answers_are_wanted(self, mode: str, wanted: str) -> None:
        """By MSH-15."""
        frame = header(*"ABCD", "2026", "", "ADT^A01", "1", "P", "2.5", "", "", mode, "AL" if mode else "")
        codes: tuple[Code, ...] = ("AA", "AE", "AR")
        assert [code for code in codes if is_wanted(frame, code)] == wanted.split()


class TestAnyBytes:
    """Get an answer."""

    @given(st.binary(max_size=300), st.sampled_from((b"", b"MSH|^~\\&|", b"MSH|", b"\x0bMSH^~|\\&^")))
    def test_of_two_lines(self, rest: bytes, start: bytes) -> None:
        """Two segments, whatever arrives."""
        found = answer(start + rest)
        assert found.count(b"\r") == 2
        assert found.startswith(b"MSH")
        assert b"\x0b" not in found
        assert b"\x1c" not in found

    def test_of_all_messages_at_hand_name_their_control_id(self) -> None:
        """Ours and those of other systems."""
        for path in [*OWN.glob("*.hl7"), *SHARED.glob("*/*.hl7")]:
            raw = path.read_bytes()
            if path.stem in {"garbage", "batch"}:
                continue
            found = message(answer(raw))
            assert found.get("MSA-2") == message(raw).get("MSH-10")


class TestTheModule:
    """Stands alone."""

    def test_imports_the_standard_library_only(self) -> None:
        """The bridge at the hospital needs nothing else."""
        heavy = {"msgspec", "hl7apy", "boto3", "botocore", "chalice", "zoneinfo"}
        code = f"""
import sys
import chalicelib.hl7.acknowledge
print([m for m in sys.modules if m.split(".")[0] in {heavy} or m.startswith("chalicelib.app")])
"""
        done = subprocess.run(  # noqa: S603 - our own interpreter and our own words
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "[]"
