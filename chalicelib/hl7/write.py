"""What we send: ORU^R01 of HL7 2.5, built with hl7apy.

hl7apy is imported only when a report is written: no other function of the installation pays for it.
"""

from __future__ import annotations

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
from chalicelib.hl7.syntax import STANDARD

if TYPE_CHECKING:
    from chalicelib.application.report_content import Observation, ReportContent, ResolvedAlert

_VALUE_TYPES = {"number": "NM", "coded": "CE", "text": "TX", "date": "DT"}
_LEVELS = {"red": "AA", "orange": "A", "silent": "A"}
_ALERT_REASON = Code("VIGIE-ALERT", "Alert", "L")
_ALERT_OUTCOME = Code("VIGIE-OUTCOME", "Alert outcome", "L")


def observation_report(report: ReportContent) -> bytes:
    """The report as ER7. Whatever a patient typed stays inside its own field."""
    from hl7apy.core import Message  # type: ignore[import-untyped,unused-ignore]

    message = Message("ORU_R01", version=VERSION)
    fill(message.msh, header(report, "ORU^R01^ORU_R01"))
    result = message.add_group("ORU_R01_PATIENT_RESULT")
    group = result.add_group("ORU_R01_PATIENT")
    fill(group.add_segment("PID"), patient(report))
    if report.visit:
        fill(group.add_group("ORU_R01_VISIT").add_segment("PV1"), visit(report))
    order = result.add_group("ORU_R01_ORDER_OBSERVATION")
    fill(order.add_segment("OBR"), _order(report))
    for number, fields in enumerate(_observations(report), start=1):
        observation = order.add_group("ORU_R01_OBSERVATION")
        fill(observation.add_segment("OBX"), {1: str(number), **fields})
    return encoded(message, report.charset)


def _order(report: ReportContent) -> Fields:
    return {
        1: "1",
        2: text(report.appointment or ""),
        3: parts(report.report, report.sender[0]),
        4: coded(report.panel),
        7: stamp(report.observed_at, report),
        22: stamp(report.written_at, report),
        25: report.status,
    }


def _observations(report: ReportContent) -> list[Fields]:
    answers = [_answer(observation, report) for observation in (*report.observations, *report.scores)]
    return answers if report.alert is None else answers + _alert(report.alert, report)


def _answer(observation: Observation, report: ReportContent) -> Fields:
    return {
        2: _VALUE_TYPES[observation.kind],
        3: coded(observation.code),
        4: text(observation.sub_id),
        5: _value(observation),
        6: parts(observation.units, "", "UCUM") if observation.units else "",
        7: text(observation.reference_range),
        8: observation.abnormal,
        11: report.status,
        14: stamp(observation.observed_at, report),
    }


def _value(observation: Observation) -> str:
    if observation.several:
        return STANDARD.repetition.join(coded(code) for code in observation.several)
    if observation.kind == "coded":
        return coded(Code(observation.value, observation.value_text, observation.value_system))
    return text(observation.value.replace("-", "") if observation.kind == "date" else observation.value)


def _alert(alert: ResolvedAlert, report: ReportContent) -> list[Fields]:
    """Why it was raised, one line for each reason, and what came of it; OBX-16 says who closed it."""
    family = {2: "CE", 11: report.status, 16: parts(alert.by, alert.by_name)}
    raised, resolved = (stamp(at, report) for at in (alert.raised_at, alert.resolved_at))
    reasons: list[Fields] = [
        family | {3: coded(_ALERT_REASON), 4: str(n), 5: coded(reason), 8: _LEVELS[alert.level], 14: raised}
        for n, reason in enumerate(alert.reasons, start=1)
    ]
    outcome = family | {3: coded(_ALERT_OUTCOME), 5: coded(alert.outcome), 14: resolved}
    return [*reasons, outcome]
