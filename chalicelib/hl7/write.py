"""What we send: ORU^R01 of HL7 2.5, built with hl7apy.

hl7apy is imported only when a report is written: no other function of the installation pays for it.
It does not know line breaks and escapes some texts twice, so it never sees an escape sequence: texts
are escaped by us, and our escape character travels through it as a private sign (`_SHIELD`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chalicelib.application.incoming import Code
from chalicelib.hl7.syntax import STANDARD, escape

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.application.incoming import Identifier
    from chalicelib.application.report_content import Observation, ReportContent, ResolvedAlert

VERSION = "2.5"
CHARSET = "UNICODE UTF-8"
UNKNOWN_CLASS = "U"
UNSPECIFIED_NAME = "U"

_SHIELD = "\ue000"
"""Our escape character on its way through hl7apy: a private sign, escaped where a text contains it."""

_VALUE_TYPES = {"number": "NM", "coded": "CE", "text": "TX"}
_LEVELS = {"red": "AA", "orange": "A", "silent": "A"}
_ALERT_REASON = Code("VIGIE-ALERT", "Alert", "L")
_ALERT_OUTCOME = Code("VIGIE-OUTCOME", "Alert outcome", "L")

Fields = dict[int, str]
"""Field number → ER7 text whose parts are already escaped."""


def observation_report(report: ReportContent) -> bytes:
    """The report as ER7 (UTF-8). Whatever a patient typed stays inside its own field."""
    from hl7apy.core import Message  # type: ignore[import-untyped,unused-ignore]

    message = Message("ORU_R01", version=VERSION)
    _fill(message.msh, _header(report))
    result = message.add_group("ORU_R01_PATIENT_RESULT")
    patient = result.add_group("ORU_R01_PATIENT")
    _fill(patient.add_segment("PID"), _patient(report))
    if report.visit:
        visit = patient.add_group("ORU_R01_VISIT").add_segment("PV1")
        _fill(visit, {1: "1", 2: UNKNOWN_CLASS, 19: _text(report.visit)})
    order = result.add_group("ORU_R01_ORDER_OBSERVATION")
    _fill(order.add_segment("OBR"), _order(report))
    for number, fields in enumerate(_observations(report), start=1):
        observation = order.add_group("ORU_R01_OBSERVATION")
        _fill(observation.add_segment("OBX"), {1: str(number), **fields})
    er7: str = message.to_er7()
    return f"{er7.replace(_SHIELD, STANDARD.escape)}\r".encode()


def _fill(segment: Any, fields: Fields) -> None:
    """Repetitions are set one by one, in the order of the fields."""
    for number, value in sorted(fields.items()):
        for repetition in value.split(STANDARD.repetition) if value else ():
            field = _own_field(segment, number) or segment.add_field(f"{segment.name}_{number}")
            field.value = repetition


def _own_field(segment: Any, number: int) -> Any:
    """MSH-7 and MSH-12 are there from the beginning; any other field is added."""
    if segment.name != "MSH" or number not in {7, 12}:
        return None
    return getattr(segment, f"msh_{number}")


def _header(report: ReportContent) -> Fields:
    return {
        3: _text(report.sender[0]),
        4: _text(report.sender[1]),
        5: _text(report.receiver[0]),
        6: _text(report.receiver[1]),
        7: _time(report.written_at, report),
        9: "ORU^R01^ORU_R01",
        10: _text(report.control_id),
        11: report.processing,
        12: VERSION,
        18: CHARSET,
    }


def _patient(report: ReportContent) -> Fields:
    name = _parts(report.family_name, report.given_name, "", "", "", "", "L")
    return {
        1: "1",
        3: STANDARD.repetition.join(_identifier(i) for i in report.identifiers),
        5: name if report.family_name or report.given_name else f"^^^^^^{UNSPECIFIED_NAME}",
        7: f"{report.birth_date:%Y%m%d}" if report.birth_date else "",
        8: _text(report.sex),
    }


def _identifier(identifier: Identifier) -> str:
    return _parts(identifier.value, "", "", identifier.authority, identifier.kind)


def _order(report: ReportContent) -> Fields:
    return {
        1: "1",
        2: _text(report.appointment or ""),
        3: _parts(report.report, report.sender[0]),
        4: _code(report.panel),
        7: _time(report.observed_at, report),
        22: _time(report.written_at, report),
        25: report.status,
    }


def _observations(report: ReportContent) -> list[Fields]:
    answers = [_answer(observation, report) for observation in report.observations]
    return answers if report.alert is None else answers + _alert(report.alert, report)


def _answer(observation: Observation, report: ReportContent) -> Fields:
    return {
        2: _VALUE_TYPES[observation.kind],
        3: _code(observation.code),
        4: _text(observation.sub_id),
        5: _value(observation),
        6: _parts(observation.units, "", "UCUM") if observation.units else "",
        7: _text(observation.reference_range),
        8: observation.abnormal,
        11: report.status,
        14: _time(observation.observed_at, report),
    }


def _value(observation: Observation) -> str:
    if observation.kind == "coded":
        return _code(Code(observation.value, observation.value_text, observation.value_system))
    return _text(observation.value)


def _alert(alert: ResolvedAlert, report: ReportContent) -> list[Fields]:
    """Why it was raised, one line for each reason, and what came of it; OBX-16 says who closed it."""
    family = {2: "CE", 11: report.status, 16: _parts(alert.by, alert.by_name)}
    raised, resolved = (_time(at, report) for at in (alert.raised_at, alert.resolved_at))
    reasons: list[Fields] = [
        family | {3: _code(_ALERT_REASON), 4: str(n), 5: _code(reason), 8: _LEVELS[alert.level], 14: raised}
        for n, reason in enumerate(alert.reasons, start=1)
    ]
    outcome = family | {3: _code(_ALERT_OUTCOME), 5: _code(alert.outcome), 14: resolved}
    return [*reasons, outcome]


def _code(code: Code) -> str:
    return _parts(code.code, code.text, code.system)


def _parts(*parts: str) -> str:
    joined = STANDARD.component.join(_text(part) for part in parts)
    return joined.rstrip(STANDARD.component)


def _text(text: str) -> str:
    """Escaped, without a sign that hl7apy would take for syntax or escape once more."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    escaped = escape(lines).replace(_SHIELD, _private(_SHIELD))
    return escaped.replace(STANDARD.escape, _SHIELD)


def _private(sign: str) -> str:
    return f"{STANDARD.escape}X{sign.encode().hex().upper()}{STANDARD.escape}"


def _time(at: datetime, report: ReportContent) -> str:
    return f"{at.astimezone(ZoneInfo(report.zone)):%Y%m%d%H%M%S%z}"
