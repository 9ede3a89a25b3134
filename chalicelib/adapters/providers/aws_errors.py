"""What botocore's errors mean for a message: refused, or nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
)

from chalicelib.application.ports import OutcomeUnknown, Refused

Codes = dict[str, tuple[str, bool]]
"""Our reason for a service's error code (or "code:reason", where it says more), and whether it is for good.

For good: it is about this patient's number or address. Everything else may be tried again.
"""


@contextmanager
def understood(codes: Codes) -> Iterator[None]:
    """Run one call: its errors come out as `Refused`, or `OutcomeUnknown` where the message may have left."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        more = f"{code}:{error.response.get('Reason', '')}"
        reason, for_good = codes.get(more) or codes.get(code, (code, False))
        raise Refused(reason, for_good=for_good) from error
    except (EndpointConnectionError, ConnectTimeoutError) as error:
        reason = "unreachable"
        raise Refused(reason, for_good=False) from error
    except HTTPClientError as error:
        reason = "no_answer"
        raise OutcomeUnknown(reason) from error
