"""Phone numbers and mail addresses as hospitals write them (XTN, in every version and dialect)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.hl7.said import cleaned

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.hl7.message import Repetition

_PUNCTUATION = re.compile(r"[\s.\-/()\u00a0\u202f\u2010-\u2015]+")
_EXTENSION = re.compile(r"(?i)(?:x|ext|poste|p\.).*$")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")

NATIONAL_LENGTH = {"1": 10, "33": 9, "41": 9, "44": 10}
"""Digits of a number behind the dialling code, where that is fixed: known even without its leading 0."""

MOBILE = {"33": ("6", "7"), "44": ("7",), "32": ("4",), "41": ("7",), "49": ("15", "16", "17")}
"""How mobile numbers begin behind the dialling code."""

_MOBILE_WORDS = {"CP", "MOBILE", "CELL", "PORTABLE"}
_UNUSABLE = {"FX", "BP", "MD", "SAT", "TDD", "TTY", "FAX", "PAGER"}
_MAIL_WORDS = {"NET", "INTERNET", "EMAIL", "X.400"}


class Contact(NamedTuple):
    """None: not said; "": said to be empty."""

    mobile: str | None
    email: str | None


class _Number(NamedTuple):
    number: str
    preference: int


def contact(repetitions: Iterable[Repetition], country_code: str) -> Contact:
    """The number for text messages and the mail address among these repetitions (PID-13, then PID-14).

    Any repetition with an @ is mail. Of the numbers a mobile is preferred: marked as one, then
    looking like one, then the first. What is not mentioned at all stays as it is known.
    """
    mails: list[str] = []
    numbers: list[_Number] = []
    for xtn in repetitions:
        if all(xtn.get(n) == "" for n in (1, 2, 4, 12)):
            mails.append("")
            numbers.append(_Number("", 5))
        elif (mail := _mail(xtn)) is not None:
            mails.append(mail)
        else:
            numbers += _numbers(xtn, country_code)
    best = min(numbers, key=lambda found: found.preference, default=None)
    return Contact(best.number if best else None, _first(mails))


def e164(number: str, country_code: str) -> str | None:
    """The number as "+33600000001", or None where it cannot be brought to that form."""
    digits = _PUNCTUATION.sub("", _EXTENSION.sub("", number.replace("(0)", "")))
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif digits.startswith("0"):
        digits = f"+{country_code}{digits[1:]}"
    elif len(digits) == NATIONAL_LENGTH.get(country_code):
        digits = f"+{country_code}{digits}"
    elif digits.startswith(country_code):
        length = NATIONAL_LENGTH.get(country_code, -1)
        digits = f"+{digits}" if len(digits) == len(country_code) + length else digits
    return digits if _E164.fullmatch(digits) else None


def _mail(xtn: Repetition) -> str | None:
    values = [cleaned(xtn.get(n), "PID-13") for n in (4, 1, 12, 2)]
    found = next((value for value in values if value and "@" in value), None)
    if found is not None:
        return found.removeprefix("mailto:")
    return "" if _words(xtn) & _MAIL_WORDS and "" in values else None


def _numbers(xtn: Repetition, country_code: str) -> list[_Number]:
    words = _words(xtn)
    if words & (_UNUSABLE | _MAIL_WORDS):
        return []
    sent = _sent(xtn)
    if not sent:
        return [] if sent is None else [_Number("", 5)]
    number = e164(sent, country_code)
    if number is None:
        return [_Number(sent, 4)]
    if words & _MOBILE_WORDS:
        return [_Number(number, 0)]
    return [_Number(number, 1 if _looks_mobile(number) else 2)]


def _sent(xtn: Repetition) -> str | None:
    """XTN-12, else XTN-1, else country, area and local number (5, 6, 7)."""
    whole = [cleaned(xtn.get(n), "PID-13") for n in (12, 1)]
    for value in whole:
        if value and any(c.isdigit() for c in value):
            return value
    country, area, local = (cleaned(xtn.get(n), "PID-13") or "" for n in (5, 6, 7))
    if local:
        return f"+{country.lstrip('+0')}{area.lstrip('0')}{local}" if country else area + local
    return "" if "" in whole else None


def _looks_mobile(number: str) -> bool:
    return any(number.startswith(f"+{code}{start}") for code, starts in MOBILE.items() for start in starts)


def _words(xtn: Repetition) -> set[str]:
    return {(xtn.get(n) or "").strip().upper() for n in (2, 3)} - {""}


def _first(values: list[str]) -> str | None:
    return next((value for value in values if value), values[0] if values else None)
