"""Which characters the bytes of a message stand for. Never fails: the raw bytes are kept elsewhere."""

from __future__ import annotations

import codecs
from functools import lru_cache

LATIN_1 = "latin_1"
"""Knows every byte: where nothing else fits."""

_NAMES = {
    "": None,
    "ASCII": None,
    "UNICODE": "utf_8",
    "UNICODEUTF8": "utf_8",
    "UTF8": "utf_8",
    "88591": "cp1252",
    "ISO88591": "cp1252",
    "ISOIR100": "cp1252",
    "CP1252": "cp1252",
    "WINDOWS1252": "cp1252",
    "CP850": "cp850",
    "BIG5": "big5",
    "GB180302000": "gb18030",
    "GB18030": "gb18030",
    "ISOIR14": "iso2022_jp_2",
    "ISOIR87": "iso2022_jp_2",
    "ISOIR159": "iso2022_jp_2",
    "KSX1001": "euc_kr",
}
"""MSH-18 without spaces and punctuation → Python's name. 8859/1 is read as its superset of Windows."""

_NAMES.update({f"8859{n}": f"iso8859_{n}" for n in (2, 3, 4, 5, 6, 7, 8, 9, 15)})
_NAMES.update({f"ISO8859{n}": f"iso8859_{n}" for n in (2, 3, 4, 5, 6, 7, 8, 9, 15)})

_ONE_BYTE = ("cp", "iso8859")
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF16_LE, "utf_16"), (codecs.BOM_UTF16_BE, "utf_16"))
_WIDE_HEADER = b"M\0S\0H"


@lru_cache(maxsize=64)
def declared(code: str) -> str | None:
    """Python's name of the character set that MSH-18 names; None where it names none that we know."""
    return _NAMES.get("".join(c for c in code.upper() if c.isalnum()))


def utf_16(raw: bytes) -> str | None:
    """The flavour of UTF-16 in which the bytes are written, or None, as nearly always."""
    for mark, name in _BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            return name
    start = raw[:64].find(_WIDE_HEADER)
    if start < 0:
        return None
    return "utf_16_be" if start % 2 else "utf_16_le"


def decode(raw: bytes, declared: str | None, default: str) -> tuple[str, str]:
    """The text, and the name of the character set that it was found to be written in.

    Senders that declare a one-byte set and write UTF-8 are common, and text in a one-byte set hardly
    ever happens to be valid UTF-8: so UTF-8 is believed before such a declaration.
    """
    if raw.isascii() and not (declared or "").startswith("iso2022"):
        return raw.decode("ascii"), declared or "ascii"
    candidates = [declared] if declared else []
    if declared is None or declared.startswith(_ONE_BYTE):
        candidates.insert(0, "utf_8")
    for name in (*candidates, "utf_8", default):
        try:
            return raw.decode(name), name
        except UnicodeDecodeError:
            continue
    return raw.decode(LATIN_1), LATIN_1
