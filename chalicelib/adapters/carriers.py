"""How providers do, on DynamoDB: one item for each hospital, channel and country.

This is bookkeeping: where it cannot be read or written, the message leaves as the operator's weights say,
and the log tells that its count is lost. It never keeps a patient waiting.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

import msgspec
from aws_lambda_powertools import Logger
from pynamodb.exceptions import PutError, PynamoDBException

from chalicelib.adapters.tables import Item, packed
from chalicelib.application import carrying
from chalicelib.application.ports import Conflict
from chalicelib.domain.carriers import Carriers

logger = Logger(service="vigie", serialize_stacktrace=False)

FRESH_SECONDS = 5.0
"""So long a container believes what it read; whoever writes on top of something older reads again."""

Known = tuple[Carriers | None, int]


class CarrierStates(carrying.CarrierStates):
    """The part of the access table that knows who carries."""

    def __init__(self, items: type[Item], seconds: Callable[[], float] = monotonic) -> None:
        """`items`: the access table; `seconds`: a clock that only goes forward."""
        self.items = items
        self.seconds = seconds
        self._read: dict[tuple[str, str], tuple[float, Known]] = {}

    def read(self, hospital: str, route: str) -> Known:
        """The state and its version; nothing and 0 where none is stored or it cannot be read."""
        read_at, known = self._read.get((hospital, route), (0.0, (None, 0)))
        if read_at and self.seconds() - read_at < FRESH_SECONDS:
            return known
        try:
            known = self._stored(hospital, route)
        except PynamoDBException:
            logger.warning("carriers not read", extra={"hospital": hospital, "key": route})
            return None, 0
        self._read[hospital, route] = (self.seconds(), known)
        return known

    def save(self, hospital: str, route: str, carriers: Carriers, expected: int) -> None:
        """Put the state if it still has this version, or is this very one already (a lost answer)."""
        self._read.pop((hospital, route), None)
        item = self.items(_pk(hospital, route), "CARRIERS", version=expected + 1, body=packed(carriers))
        unchanged = self.items.version == expected if expected else self.items.pk.does_not_exist()
        try:
            item.save(condition=unchanged)
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                logger.warning("carriers not saved", extra={"hospital": hospital, "key": route})
                return
            if self.read(hospital, route) != (carriers, expected + 1):
                raise Conflict(route) from error
        else:
            self._read[hospital, route] = (self.seconds(), (carriers, expected + 1))

    def _stored(self, hospital: str, route: str) -> Known:
        try:
            found = self.items.get(_pk(hospital, route), "CARRIERS", consistent_read=True)
        except self.items.DoesNotExist:
            return None, 0
        return msgspec.json.decode(found.body, type=Carriers), int(found.version)


def _pk(hospital: str, route: str) -> str:
    return f"TEN#{hospital}|CARRIERS#{route}"
