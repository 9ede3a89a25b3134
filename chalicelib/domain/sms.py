"""Text messages: what fits into one, and how to make it fit.

A message is coded in GSM-7 (160 characters; 153 in each part of a longer one) as long as every
character is in that alphabet, else in UCS-2 (70; 67). One ê, ô or ç (small) turns a French text of 160
characters into three parts. Source: 3GPP TS 23.038, §6.2.1.
"""

from __future__ import annotations

import unicodedata

import msgspec

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
"""Each of these takes two places."""
REPLACED = {
    "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...",
    "œ": "oe", "Œ": "OE", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "•": "-", "ı": "i", "ł": "l", "Ł": "L",
}  # fmt: skip
"""Signs that have no accent to drop."""


class Segments(msgspec.Struct, frozen=True):
    """How a text travels: parts, places used, and the alphabet."""

    count: int
    units: int
    encoding: str


def segments(text: str) -> Segments:
    """How many parts a text takes."""
    if all(letter in BASIC or letter in EXTENSION for letter in text):
        units = sum(2 if letter in EXTENSION else 1 for letter in text)
        return Segments(_parts(units, 160, 153), units, "GSM-7")
    units = len(text.encode("utf-16-be")) // 2
    return Segments(_parts(units, 70, 67), units, "UCS-2")


def transliterate(text: str) -> str:
    """The text with Latin letters and signs that GSM-7 lacks brought to their nearest: ê → e, ç → c.

    Letters that GSM-7 has (é è à ù) stay. Other scripts stay as they are: they go as UCS-2.
    """
    return "".join(_nearest(letter) for letter in unicodedata.normalize("NFC", text))


def _nearest(letter: str) -> str:
    if letter in BASIC or letter in EXTENSION:
        return letter
    if letter in REPLACED:
        return REPLACED[letter]
    bare = "".join(c for c in unicodedata.normalize("NFD", letter) if not unicodedata.combining(c))
    return bare if bare and all(c in BASIC for c in bare) else letter


def _parts(units: int, alone: int, together: int) -> int:
    return 1 if units <= alone else -(-units // together)
