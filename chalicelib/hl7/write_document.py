"""What we send: MDM^T02 of HL7 2.5 with a PDF, built with hl7apy."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from chalicelib.application.incoming import Code
from chalicelib.hl7.building import (
    VERSION,
    Fields,
    coded,
    encoded,
    fill,
    header,
    parts,
    patient,
    stamp,
    text,
    visit,
)

if TYPE_CHECKING:
    from chalicelib.application.report_content import Document, ReportContent

PROGRESS_NOTE = "PR"
"""TXA-2, HL7 table 0270."""
OTHER_APPLICATION = "AP"
"""TXA-3, HL7 table 0191."""
DOCUMENTED, AVAILABLE = "DO", "AV"
"""TXA-17 (table 0271) and TXA-19 (0273). Not AU: what a patient declares, no clinician has authenticated."""
_PAYLOAD = "VIGIE-PDF-PAYLOAD"


def document_notification(report: ReportContent, document: Document) -> bytes:
    """The document as ER7: the PDF in base 64 in OBX-5."""
    from hl7apy.core import Message  # type: ignore[import-untyped,unused-ignore]

    message = Message("MDM_T02", version=VERSION)
    fill(message.msh, header(report, "MDM^T02^MDM_T02"))
    fill(message.add_segment("EVN"), {2: stamp(report.written_at, report)})
    fill(message.add_segment("PID"), patient(report))
    fill(message.add_segment("PV1"), visit(report))
    fill(message.add_segment("TXA"), _about(report, document))
    content = {
        1: "1",
        2: "ED",
        3: coded(Code("VIGIE-DOCUMENT", document.title, "L")),
        5: f"^application^pdf^Base64^{_PAYLOAD}",
        11: report.status,
        14: stamp(report.observed_at, report),
    }
    fill(message.add_group("MDM_T02_OBSERVATION").add_segment("OBX"), content)
    # hl7apy would look at every letter of the payload: it goes in when all else is written.
    payload = b64encode(document.pdf)
    return encoded(message, report.charset).replace(_PAYLOAD.encode(), payload, 1)


def _about(report: ReportContent, document: Document) -> Fields:
    return {
        1: "1",
        2: PROGRESS_NOTE,
        3: OTHER_APPLICATION,
        4: stamp(report.observed_at, report),
        6: stamp(report.written_at, report),
        12: parts(document.id, report.sender[0]),
        14: parts(report.appointment) if report.appointment else "",
        16: text(document.file_name),
        17: DOCUMENTED,
        19: AVAILABLE,
    }
