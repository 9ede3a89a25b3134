"""The PDF that goes to the hospital: whole, readable, and never broken by what somebody typed."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from msgspec.structs import replace
from pypdf import PdfReader

from chalicelib.adapters.summary_pdf import WORDS, summary_pdf
from tests.hl7.test_write import ALERT, PAIN, REPORT, hostile
from tests.hl7.test_write import WORDS as TYPED


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize("language", ["fr", "en", "ta"])
def test_it_says_everything(language: str) -> None:
    words = WORDS.get(language, WORDS["en"])
    text = text_of(
        summary_pdf(replace(REPORT, alert=ALERT), language, "Chirurgie ambulatoire", "01 99 00 00 10")
    )
    for said in (
        "Chirurgie ambulatoire", "01 99 00 00 10", "EXEMPLE Patiente", "12/04/1968", "900017", "260017",
        "25/11/2026 10:05", "Pain severity 0-10", "8 / 10", words["AA"], "ça va", "Pain 8/10", "Advice given",
        "Infirmière Démo", words["note"][:40], "1/1",
    ):  # fmt: skip
        assert said in text, said


def test_long_ones_have_numbered_pages() -> None:
    many = tuple(replace(PAIN, value=str(n % 11)) for n in range(90))
    pdf = summary_pdf(replace(REPORT, observations=many), "fr", "UCA", "01")
    pages = PdfReader(io.BytesIO(pdf)).pages
    assert len(pages) > 1
    assert f"{len(pages)}/{len(pages)}" in pages[-1].extract_text()


def test_the_same_report_gives_the_same_bytes() -> None:
    assert summary_pdf(REPORT, "fr", "UCA", "01") == summary_pdf(REPORT, "fr", "UCA", "01")


@given(hostile)
@settings(max_examples=25, deadline=None)
def test_whatever_was_typed_is_printed_or_left_blank(typed: str) -> None:
    report = replace(REPORT, family_name=typed, observations=(PAIN, replace(TYPED, value=typed)))
    assert summary_pdf(report, "fr", "UCA", "01").startswith(b"%PDF")
