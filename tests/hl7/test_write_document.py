"""Documents to the hospital: valid HL7, the PDF byte for byte, and in the character set that it wants."""

from __future__ import annotations

from base64 import b64decode

import pytest
from hl7apy.parser import parse_message  # type: ignore[import-untyped,unused-ignore]
from hypothesis import given, settings
from msgspec.structs import replace

from chalicelib.application.report_content import Document
from chalicelib.hl7.message import Message
from chalicelib.hl7.read import read
from chalicelib.hl7.write import observation_report
from chalicelib.hl7.write_document import document_notification
from tests.hl7.test_write import REPORT, WORDS, hostile, message

PDF = Document("abc", "Summary", "vigie-1.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 40)
KIND = ["MSH", "EVN", "PID", "PV1", "TXA", "OBX"]


class TestDocuments:
    def test_are_valid_and_whole(self) -> None:
        raw = document_notification(REPORT, PDF)
        assert parse_message(raw.decode()).validate()
        found = message(raw)
        assert [segment.name for segment in found.segments] == KIND
        fields = ("MSH-9.1", "MSH-9.2", "PID-3", "PV1-19", "TXA-12", "TXA-14", "TXA-17", "TXA-19", "OBX-2")
        said = ["MDM", "T02", "900017", "260017", "abc", "RDV17", "DO", "AV", "ED"]
        assert [found.get(field) for field in fields] == said
        assert b64decode(found.get("OBX-5.5") or "") == PDF.pdf

    @given(hostile)
    @settings(max_examples=20, deadline=None)
    def test_cannot_be_broken_by_a_name(self, typed: str) -> None:
        raw = document_notification(replace(REPORT, family_name=typed), replace(PDF, title=typed))
        assert parse_message(raw.decode()).validate()
        found = message(raw)
        assert [segment.name for segment in found.segments] == KIND
        assert b64decode(found.get("OBX-5.5") or "") == PDF.pdf


class TestCharacterSets:
    @pytest.mark.parametrize(("charset", "codec"), [("8859/1", "latin-1"), ("8859/15", "iso8859-15")])
    def test_are_those_of_the_profile(self, charset, codec: str) -> None:
        raw = observation_report(replace(REPORT, charset=charset, family_name="Éléonore Ñuño"))
        assert "Éléonore Ñuño".encode(codec) in raw
        found = read(raw, "ascii")
        assert isinstance(found, Message)
        assert (found.get("MSH-18"), found.get("PID-5.1")) == (charset, "Éléonore Ñuño")

    @pytest.mark.parametrize(
        ("typed", "nearest"),
        [
            ("cœur d’été", "coeur d'été"),
            ("Łódź", "?ódz"),
            ("10 €", "10 EUR"),
            ("தமிழ்", "?????"),
            ("＾｜", "??"),
        ],
    )
    def test_that_lack_a_letter_get_the_nearest(self, typed: str, nearest: str) -> None:
        """And never a sign that ends a field."""
        report = replace(REPORT, charset="8859/1", observations=(replace(WORDS, value=typed),))
        found = read(observation_report(report), "ascii")
        assert isinstance(found, Message)
        assert (found.get("OBX-5"), len(found.segments)) == (nearest, 5)
