"""The patient's language, from whatever PID-15 holds: ISO 639 of two or three letters, or a word."""

from __future__ import annotations

import re

_WORDS = {
    "fr": "fra fre french francais français",
    "en": "eng english anglais",
    "es": "spa spanish espagnol",
    "de": "deu ger german allemand",
    "it": "ita italian italien",
    "pt": "por portuguese portugais",
    "nl": "nld dut dutch néerlandais",
    "ar": "ara arabic arabe",
    "tr": "tur turkish turc",
    "pl": "pol polish polonais",
    "ro": "ron rum romanian roumain",
    "ru": "rus russian russe",
    "uk": "ukr ukrainian ukrainien",
    "zh": "zho chi chinese chinois",
    "ta": "tam tamil tamoul",
}
_TWO_LETTERS = re.compile(r"[a-z]{2}")
_CODES = {word: code for code, words in _WORDS.items() for word in words.split()}


def two_letters(value: str | None) -> str | None:
    """Two letters in lower case; None for what names no language that we know."""
    if not value:
        return value
    first = re.split(r"[-_ (]", value.lower(), maxsplit=1)[0]
    return first if _TWO_LETTERS.fullmatch(first) else _CODES.get(first)
