"""Units as they are printed, and their codes in UCUM, which HL7 and FHIR want."""

from __future__ import annotations

_CODES = {
    "%": "%", "/min": "/min", "°C": "Cel", "µmol/l": "umol/L", "cm": "cm", "g": "g", "g/l": "g/L", "h": "h",
    "kg": "kg", "l": "L", "l/min": "L/min", "m": "m", "mg": "mg", "min": "min", "ml": "mL", "mm": "mm",
    "mmHg": "mm[Hg]", "mmol/l": "mmol/L",
}  # fmt: skip
_PRINTED = {code: unit for unit, code in _CODES.items()}


def ucum(unit: str) -> str:
    """Its code; a unit that we do not know becomes an annotation, "{steps}", which counts as one."""
    return _CODES.get(unit, f"{{{unit}}}") if unit else ""


def printed(code: str) -> str:
    """The unit of a code; one that we do not know is printed as it is."""
    return _PRINTED.get(code, code.strip("{}"))
