"""What a form sends, in either of the two ways that browsers have. A file is a field with its text in it."""

from __future__ import annotations

import email
from itertools import islice
from urllib.parse import parse_qs

FORM = "application/x-www-form-urlencoded"
FILES = "multipart/form-data"
MOST_FIELDS = 500
"""Of a form: a question with thirty answers has a hundred and more."""
Fields = dict[str, tuple[str, ...]]


def fields(kind: str, body: bytes) -> Fields:
    """Every field with every value that it was sent with. `kind`: the header of the request."""
    if kind.startswith(FORM):
        return _pairs(body)
    return _parts(kind, body) if kind.startswith(FILES) else {}


def _pairs(body: bytes) -> Fields:
    parsed = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    return {name: tuple(values) for name, values in parsed.items()}


def _parts(kind: str, body: bytes) -> Fields:
    whole = email.message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    made: Fields = {}
    for part in islice(whole.walk(), 1, MOST_FIELDS + 1):
        name = str(part.get_param("name", "", header="content-disposition"))
        text = part.get_payload(decode=True)
        if not isinstance(text, bytes):
            continue  # the parts of a part come next
        # utf-8-sig: editors on Windows begin a file with a mark that is no part of it.
        made[name] = (*made.get(name, ()), text.decode("utf-8-sig", "replace"))
    return made
