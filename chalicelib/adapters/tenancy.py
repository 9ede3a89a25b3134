"""The hospital is in every key: a hook on every DynamoDB call refuses any other.

The hospital comes from the session, the link, the queue's ARN or the woken key, never from a body.
The hook stands in production too: it costs some microseconds and fails closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from botocore import handlers

SYSTEM = "*system*"
"""The sweep: it may query the wake index, and nothing else."""
KEYS_OF_INDEX = {"attention": "attention_pk", "day": "day_pk", "find": "find_pk"}
READ_OR_WRITE = {
    "GetItem",
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "Query",
    "BatchGetItem",
    "TransactWriteItems",
}

acting: ContextVar[str | None] = ContextVar("hospital", default=None)


class WrongHospital(Exception):
    """A call would have touched another hospital's data, or nobody's."""


@contextmanager
def acting_for(hospital: str) -> Iterator[None]:
    """Everything inside concerns this hospital."""
    token = acting.set(hospital)
    try:
        yield
    finally:
        acting.reset(token)


def check(params: dict[str, Any], model: Any, **_: Any) -> None:
    """The hook: refuse the call unless every key that it names is the acting hospital's."""
    operation = model.name
    if operation == "DescribeTable":
        return
    hospital = acting.get()
    if hospital is None or operation not in READ_OR_WRITE:
        raise WrongHospital(operation)
    if hospital == SYSTEM:
        if operation == "Query" and params.get("IndexName") == "wake":
            return
        raise WrongHospital(operation)
    keys = list(_keys(operation, params))
    if not keys or not all(_is_of(key, hospital) for key in keys):
        raise WrongHospital(operation)


def _is_of(key: Any, hospital: str) -> bool:
    text = key.get("S", "") if isinstance(key, dict) else str(key)
    return text == f"TEN#{hospital}" or text.startswith(f"TEN#{hospital}|")


def _keys(operation: str, params: dict[str, Any]) -> Iterator[Any]:
    if operation in {"GetItem", "UpdateItem", "DeleteItem"}:
        yield params["Key"]["pk"]
    elif operation == "PutItem":
        yield params["Item"]["pk"]
    elif operation == "Query":
        yield _queried(params)
    elif operation == "BatchGetItem":
        for table in params["RequestItems"].values():
            for key in table["Keys"]:
                yield key["pk"]
    else:
        for item in params["TransactItems"]:
            for action in item.values():
                yield (action.get("Item") or action.get("Key"))["pk"]


def _queried(params: dict[str, Any]) -> Any:
    """The partition that a query names: PynamoDB writes `#0 = :0` first."""
    names, values = params["ExpressionAttributeNames"], params["ExpressionAttributeValues"]
    wanted = KEYS_OF_INDEX.get(params.get("IndexName", ""), "pk")
    for part in params["KeyConditionExpression"].replace("(", " ").replace(")", " ").split(" AND "):
        name, sign, value = part.split()[:3]
        if sign == "=" and names.get(name) == wanted:
            return values[value]
    return ""


# PynamoDB opens further clients of its own (for transactions): the hook stands where every client looks.
handlers.BUILTIN_HANDLERS.append(("before-parameter-build.dynamodb", check))
