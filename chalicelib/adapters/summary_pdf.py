"""The summary of a report as a PDF: A4, one table of questions and answers, readable on paper.

fpdf2 takes half a second to import: only the function that sends documents does so, and only then.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chalicelib.application.report_content import ReportContent

if TYPE_CHECKING:
    from datetime import datetime

    from fpdf import FPDF

    from chalicelib.application.report_content import Observation, ResolvedAlert

FONTS = Path(__file__).parent.parent / "fonts"
FONT = "DejaVu"
MARGIN, LINE, BODY, SMALL, TITLE = 18, 6, 11, 9, 16
"""Millimetres and points."""
INK, MUTED, RED, ORANGE = (33, 43, 50), (84, 99, 105), (178, 38, 30), (146, 72, 0)
WORDS: dict[str, dict[str, str]] = {
    "fr": {
        "patient": "Patient",
        "born": "Né(e) le",
        "numbers": "Identifiants",
        "visit": "Séjour",
        "answered": "Réponses du",
        "question": "Question",
        "answer": "Réponse",
        "A": "à voir ce jour",
        "AA": "urgent",
        "alert": "Alerte et suite donnée",
        "outcome": "Suite donnée",
        "closed": "Clôturée le",
        "none": "Aucune réponse n’accompagne cette alerte.",
        "note": "Ce document reprend ce que le patient a déclaré, trié selon des règles signées par le "
        "service. Ce n’est pas un diagnostic.",
        "page": "Page",
        "reassured": "Rassuré",
        "advice": "Conseil donné",
        "prescription": "Ordonnance",
        "doctor_told": "Médecin prévenu",
        "consultation": "Consultation",
        "emergency": "Envoyé aux urgences",
        "readmitted": "Réhospitalisé",
        "cancelled": "Opération annulée",
    },
    "en": {
        "patient": "Patient",
        "born": "Born",
        "numbers": "Numbers",
        "visit": "Stay",
        "answered": "Answers of",
        "question": "Question",
        "answer": "Answer",
        "A": "call today",
        "AA": "call now",
        "alert": "Alert, and what came of it",
        "outcome": "What came of it",
        "closed": "Closed",
        "none": "No answers come with this alert.",
        "note": "This document repeats what the patient has declared, sorted by rules that the unit has "
        "signed. It is not a diagnosis.",
        "page": "Page",
        "reassured": "Reassured",
        "advice": "Advice given",
        "prescription": "Prescription",
        "doctor_told": "Doctor told",
        "consultation": "Consultation",
        "emergency": "Sent to emergency care",
        "readmitted": "Readmitted",
        "cancelled": "Operation cancelled",
    },
}


def summary_pdf(report: ReportContent, language: str, unit: str, phone: str) -> bytes:
    """The summary, as bytes; the same report gives the same bytes. Other languages are written in English."""
    sheet = _Sheet(report, WORDS.get(language, WORDS["en"]), unit, phone, language)
    sheet.patient()
    sheet.answers()
    if report.alert is not None:
        sheet.alert(report.alert)
    return sheet.bytes()


class _Sheet:
    """One document while it is written."""

    def __init__(
        self, report: ReportContent, words: dict[str, str], unit: str, phone: str, language: str
    ) -> None:
        self.report = report
        self.words = words
        self.pdf = _new(f"{unit} · {phone}", words, report.panel.text, language)
        self.pdf.set_creation_date(report.written_at)
        self.zone = ZoneInfo(report.zone)
        self.pdf.add_page()
        self._line(unit, size=BODY, bold=True)
        self._line(phone, size=BODY)
        self.pdf.ln(LINE / 2)
        self._line(report.panel.text, size=TITLE, bold=True)

    def patient(self) -> None:
        """Who it is about."""
        report, words = self.report, self.words
        self._line(f"{report.family_name} {report.given_name}".strip(), size=BODY + 2, bold=True)
        born = "" if report.birth_date is None else f"{words['born']} {report.birth_date:%d/%m/%Y}"
        numbers = ", ".join(f"{i.value} ({i.authority})" for i in report.identifiers)
        self._line(born)
        self._line(f"{words['numbers']}: {numbers}")
        if report.visit:
            self._line(f"{words['visit']}: {report.visit}")
        self._line(f"{words['answered']} {self._time(report.observed_at)}")
        self.pdf.ln(LINE / 2)

    def answers(self) -> None:
        """A table; what a rule looked at says so in words, not only in colour."""
        shown = (*self.report.observations, *self.report.scores)
        if not shown:
            self._line(self.words["none"])
            return
        self.pdf.set_font(FONT, size=BODY)
        with self.pdf.table(
            col_widths=(60, 40), line_height=LINE + 1, text_align="LEFT", borders_layout="HORIZONTAL_LINES"
        ) as table:
            table.row((self.words["question"], self.words["answer"]))
            for observation in shown:
                self._row(table, observation)

    def alert(self, alert: ResolvedAlert) -> None:
        """Why it was raised, what came of it, and who closed it when."""
        self.pdf.ln(LINE)
        self._line(self.words["alert"], size=BODY + 2, bold=True)
        for reason in alert.reasons:
            self._line(f"• {reason.text}")
        came = self.words.get(alert.outcome.text, alert.outcome.text)
        self._line(f"{self.words['outcome']}: {came}")
        self._line(f"{self.words['closed']} {self._time(alert.resolved_at)}, {alert.by_name or alert.by}")

    def bytes(self) -> bytes:
        """The finished document."""
        return bytes(self.pdf.output())

    def _row(self, table: Any, observation: Observation) -> None:
        value = observation.value_text or observation.value
        if observation.reference_range and observation.kind == "number":
            value = f"{value} / {observation.reference_range.rpartition('-')[2]}"
        mark = self.words.get(observation.abnormal, "")
        row = table.row()
        row.cell(observation.label or observation.code.text)
        colour = {"AA": RED, "A": ORANGE}.get(observation.abnormal, INK)
        self.pdf.set_text_color(*colour)
        row.cell(f"{value}  ({mark})" if mark else value)
        self.pdf.set_text_color(*INK)

    def _line(self, text: str, *, size: int = BODY, bold: bool = False) -> None:
        if not text:
            return
        self.pdf.set_font(FONT, style="B" if bold else "", size=size)
        self.pdf.multi_cell(0, LINE * size / BODY, text, new_x="LMARGIN", new_y="NEXT")

    def _time(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%d/%m/%Y %H:%M}"


def _new(head: str, words: dict[str, str], title: str, language: str) -> FPDF:
    from fpdf import FPDF

    class Paper(FPDF):
        def footer(self) -> None:
            self.set_y(-MARGIN)
            self.set_font(FONT, size=SMALL)
            self.set_text_color(*MUTED)
            self.multi_cell(0, 4, words["note"], new_x="LMARGIN", new_y="NEXT")
            self.cell(0, 4, f"{head} · {words['page']} {self.page_no()}/{{nb}}")
            self.set_text_color(*INK)

    pdf = Paper(format="A4")
    pdf.set_margin(MARGIN)
    pdf.set_auto_page_break(auto=True, margin=MARGIN + 10)
    for style, file in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf")):
        pdf.add_font(FONT, style, FONTS / file)
    pdf.set_title(title)
    pdf.set_lang(language)
    pdf.set_text_color(*INK)
    return pdf
