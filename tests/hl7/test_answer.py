"""What the application says of a message once it is done."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.hl7.answer import answer, is_asked_for
from tests.hl7.examples import message, segments

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def enhanced(msh_15: str, msh_16: str) -> bytes:
    return segments("PID|1||7", kind="ADT^A08").replace("|P|2.5", f"|P|2.5|||{msh_15}|{msh_16}").encode()


class TestAsked:
    @pytest.mark.parametrize(
        ("msh_16", "code", "expected"),
        [
            ("AL", "AA", True), ("AL", "AE", True), ("NE", "AA", False), ("ER", "AA", False),
            ("ER", "AE", True), ("SU", "AA", True), ("SU", "AE", False), ("", "AA", False),
        ],
    )  # fmt: skip
    def test_by_msh_16(self, msh_16: str, code, *, expected: bool) -> None:
        assert is_asked_for(enhanced("AL", msh_16), "as_asked", code) is expected

    def test_by_the_profile(self) -> None:
        assert is_asked_for(enhanced("", ""), "always", "AA")
        assert not is_asked_for(enhanced("AL", "AL"), "never", "AE")


class TestAnswers:
    def test_say_done(self) -> None:
        found = message(answer(enhanced("AL", "AL"), "AA", "", AT, "ANSWER1"))
        fields = ("MSH-3", "MSH-5", "MSH-9.1", "MSH-9.2", "MSH-10", "MSA-1", "MSA-2")
        assert [found.get(f) for f in fields] == ["VIGIE", "AGENDA", "ACK", "A08", "ANSWER1", "AA", "C1"]
        assert "ERR" not in found

    @pytest.mark.parametrize(
        ("reason", "where", "code"),
        [
            ("PID-3.1 is empty: no patient identifier", ("PID", "1", "3", "1", "1"), "101"),
            ("EVN-2.1 is not a time (YYYYMMDD)", ("EVN", "1", "2", "1", "1"), "102"),
            ("no pathway for procedure codes (AIS-3): X", ("AIS", "1", "3", None, None), "103"),
            ("the control id (MSH-10) was used before", ("MSH", "1", "10", None, None), "205"),
            ("something else", (None, None, None, None, None), "207"),
        ],
    )
    def test_say_where_it_was_wrong(self, reason: str, where: tuple, code: str) -> None:
        found = message(answer(enhanced("AL", "AL"), "AE", reason, AT, "ANSWER1"))
        assert tuple(found.get(f"ERR-2.{n}") for n in range(1, 6)) == where
        assert (found.get("ERR-3"), found.get("ERR-4")) == (code, "E")
        assert found.get("ERR-8") == reason.replace("|", " ")

    @pytest.mark.parametrize("code", ["AA", "AE"])
    def test_are_valid_by_hl7apys_own_rules(self, code) -> None:
        from hl7apy.parser import parse_message  # type: ignore[import-untyped,unused-ignore]

        plain = enhanced("AL", "AL").replace(b"ADT^A08", b"ADT^A01^ADT_A01")
        raw = answer(plain, code, "PID-3.1 is empty: no patient identifier", AT, "ANSWER1")
        assert parse_message(raw.decode()).validate()

    def test_cannot_be_broken_out_of(self) -> None:
        """A code that a sender made up stands in our reason, and ends no segment and no field."""
        found = message(answer(enhanced("AL", "AL"), "AE", "no pathway: X|Y^Z~\r\nMSH|A&B\\", AT, "A"))
        assert [segment.name for segment in found.segments] == ["MSH", "MSA", "ERR"]
        assert found.get("ERR-8.2") is None
