"""Text messages: which characters are cheap, how many segments a text takes, how to keep it to one.

Sources: 3GPP TS 23.038 §6.2.1 and §6.2.1.1 (GSM 7-bit default alphabet and its extension table),
3GPP TS 23.040 §9.2.3.24.1 (concatenation header of 6 octets). A segment holds 140 octets: 160 septets
or 70 UCS-2 units when it stands alone, 153 or 67 when the header takes its share.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Literal

import msgspec

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""One septet each. Lower-case ç, ê, ô, ë, î, û and the typographic apostrophe are not among them."""
EXTENSION = frozenset("\f^{}\\[~]|€")
"""Two septets each: an escape goes before them."""

GSM7_ALONE, GSM7_JOINED = 160, 153
UCS2_ALONE, UCS2_JOINED = 70, 67

_COMBINING = range(0x0300, 0x0370)
_REPLACED = {
    **dict.fromkeys("‘’‚‛′ʼʹ`´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‹", "<"),
    **dict.fromkeys("›", ">"),
    **dict.fromkeys("‐‑‒–—―−•", "-"),
    **dict.fromkeys("\t\v\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u205f\u3000", " "),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", ""),
    "œ": "oe",
    "Œ": "OE",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ð": "d",
    "Ð": "D",
    "þ": "th",
    "Þ": "Th",
    "ħ": "h",
    "Ħ": "H",
    "ı": "i",
    "ŋ": "n",
    "Ŋ": "N",
    "ŧ": "t",
    "Ŧ": "T",
    "ĸ": "k",
    "ẞ": "SS",
    "…": "...",
    "·": ".",
    "°": "o",  # "n° 5" stays readable; no message of ours gives a temperature
    "×": "x",
    "÷": "/",
    "⁄": "/",
    "±": "+/-",
    "¢": "c",
    "µ": "u",
    "¦": "|",
    "¬": "-",
    "©": "(c)",
    "®": "(r)",
    "¶": "",
    **dict.fromkeys("¨¯¸", ""),
}

LONGEST_VALUES = {"unit": 24, "day": 9, "time": 5, "link": 60, "phone": 14}
"""The placeholders of a text message, and the most characters that each becomes (catalogue/README.md)."""

Encoding = Literal["GSM-7", "UCS-2"]
MOST: dict[Encoding, int] = {"GSM-7": 1, "UCS-2": 2}
"""Segments that a text may take: one in Latin letters, two in other scripts."""


class Segments(msgspec.Struct, frozen=True):
    """What a text costs: `count` messages are billed; `units` are septets (GSM-7) or 16-bit units (UCS-2)."""

    count: int
    units: int
    encoding: Encoding

    @property
    def is_long(self) -> bool:
        """Whether it takes more than a text may."""
        return self.count > MOST[self.encoding]


def segments(text: str) -> Segments:
    """How a network will cut this text.

    One character outside GSM-7 makes the whole message UCS-2. An escaped character (two septets) and
    a surrogate pair (two units) are never cut in half, so a full segment may stay one unit short.
    """
    if is_gsm7(text):
        sizes = [1 if sign in BASIC else 2 for sign in text]
        return Segments(_count(sizes, GSM7_ALONE, GSM7_JOINED), sum(sizes), "GSM-7")
    sizes = [1 if ord(sign) <= 0xFFFF else 2 for sign in text]  # noqa: PLR2004 - the end of the first plane
    return Segments(_count(sizes, UCS2_ALONE, UCS2_JOINED), sum(sizes), "UCS-2")


def longest(text: str) -> str:
    """The text as it leaves with the longest of all values."""
    for name, length in LONGEST_VALUES.items():
        text = text.replace(f"{{{name}}}", "0" * length)
    return transliterate(text)


def is_gsm7(text: str) -> bool:
    """Whether every character is in the GSM 7-bit alphabet or its extension."""
    return all(sign in BASIC or sign in EXTENSION for sign in text)


def transliterate(text: str) -> str:
    """The text in GSM-7 where it is written in Latin letters; é, è, à, ù stay, ê, ô, ç and quotes give way.

    Letters of other scripts stay as they are: a name in Arabic is worth a UCS-2 message, a row of
    question marks is worth nothing. `segments` says what it costs.
    """
    return "".join(_simple(sign) for sign in unicodedata.normalize("NFC", text))


def _simple(sign: str) -> str:
    if sign in BASIC or sign in EXTENSION:
        return sign
    if sign in _REPLACED:
        return _REPLACED[sign]
    if unicodedata.category(sign) == "Cc" or ord(sign) in _COMBINING:
        return ""
    parts = [part for part in unicodedata.normalize("NFKD", sign) if ord(part) not in _COMBINING]
    plain = "".join(_REPLACED.get(part, part) for part in parts)
    return plain if is_gsm7(plain) else sign


def _count(sizes: Iterable[int], alone: int, joined: int) -> int:
    """Segments needed for characters of these sizes, each kept whole."""
    known = list(sizes)
    if sum(known) <= alone:
        return 1
    count, room = 1, joined
    for size in known:
        if size > room:
            count, room = count + 1, joined
        room -= size
    return count
