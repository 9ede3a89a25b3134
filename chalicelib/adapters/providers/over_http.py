"""One POST to a provider's server: what came of it is an answer, a refusal, or not known."""

from __future__ import annotations

from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult

from chalicelib.application.ports import OutcomeUnknown, Refused

SECONDS = 5.0
Codes = dict[int, tuple[str, bool]]
"""Our reason for an HTTP status, and whether trying again is pointless. Any other status: try again."""


def post(url: SplitResult, body: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """The status and the body of the answer; raises `Refused` where nothing was said yet."""
    kind = HTTPSConnection if url.scheme == "https" else HTTPConnection
    connection = kind(url.netloc, timeout=SECONDS)
    try:
        connection.connect()
    except OSError as error:
        # Nothing was said yet, so nothing was sent: it may safely be tried again.
        raise Refused("unreachable", for_good=False) from error
    try:
        connection.request("POST", url.path or "/", body.encode(), dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, HTTPException) as error:
        raise OutcomeUnknown("no_answer") from error
    finally:
        connection.close()


def refusal(status: int, codes: Codes) -> Refused:
    """What a status that is no acceptance means."""
    reason, for_good = codes.get(status, (f"status_{status}", False))
    return Refused(reason, for_good=for_good)
