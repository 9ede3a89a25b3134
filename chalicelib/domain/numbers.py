"""Phone numbers in their international form ("+33639980001"): their country, and what they are good for."""

from __future__ import annotations

import re
from collections.abc import Iterable

_CODE = re.compile(r"[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[0-9]{3}")
"""Dialling codes (ITU-T E.164): none begins like another."""

LANDLINES = {
    "33": ("1", "2", "3", "4", "5", "9"),
    "262": ("262", "263", "269"),  # La Réunion, Mayotte
    "508": ("41",),  # Saint-Pierre-et-Miquelon
    "590": ("590",),  # Guadeloupe
    "594": ("594",),  # Guyane
    "596": ("596",),  # Martinique
    "681": ("72",),  # Wallis-et-Futuna
    "687": ("2", "3", "4"),  # Nouvelle-Calédonie
    "689": ("40", "49"),  # Polynésie française
}
"""How numbers that cannot be texted begin behind the dialling code (French plans)."""


def dialling_code(number: str) -> str:
    """The country of a number: "33" for "+33639980001"; "" where that is not known."""
    found = _CODE.match(number, 1) if number.startswith("+") else None
    return found[0] if found else ""


def is_allowed(number: str, countries: Iterable[str]) -> bool:
    """Whether the number begins with one of these codes. No codes: every number may be used."""
    allowed = tuple(f"+{code}" for code in countries)
    return not allowed or number.startswith(allowed)


def is_landline(number: str) -> bool:
    """Whether the number certainly cannot be texted: a French landline, the territories overseas included."""
    code = dialling_code(number)
    starts = tuple(f"+{code}{start}" for start in LANDLINES.get(code, ()))
    return number.startswith(starts)
