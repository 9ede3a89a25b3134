"""The three tables as PynamoDB sees them: keys, index keys, and one JSON body.

Their schema stands in infra/resources.yaml; a test compares the two.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from chalicelib.adapters import tenancy

TENANCY = tenancy.check
"""Named here so that no table is ever opened without its guard."""


class Timing:
    """Shorter than API Gateway's 29 s, whatever happens (PynamoDB's own defaults are longer)."""

    read_timeout_seconds = 3
    connect_timeout_seconds = 1
    max_retry_attempts = 4


class AttentionIndex(GlobalSecondaryIndex["Item"]):
    """A unit's rows with an open alert."""

    class Meta:
        """Sparse: an item without these keys is not in it."""

        index_name = "attention"
        projection = AllProjection()

    attention_pk = UnicodeAttribute(hash_key=True)
    attention_sk = UnicodeAttribute(range_key=True)


class DayIndex(GlobalSecondaryIndex["Item"]):
    """A unit's rows by operation day; a hospital's messages by day."""

    class Meta:
        """Sparse."""

        index_name = "day"
        projection = AllProjection()

    day_pk = UnicodeAttribute(hash_key=True)
    day_sk = UnicodeAttribute(range_key=True)


class FindIndex(GlobalSecondaryIndex["Item"]):
    """People by name; a hospital's messages by patient."""

    class Meta:
        """Sparse. Keys only."""

        index_name = "find"
        projection = KeysOnlyProjection()

    find_pk = UnicodeAttribute(hash_key=True)
    find_sk = UnicodeAttribute(range_key=True)


class WakeIndex(GlobalSecondaryIndex["Item"]):
    """Whatever has an alarm clock. Keys only: it crosses hospitals."""

    class Meta:
        """Sparse."""

        index_name = "wake"
        projection = KeysOnlyProjection()

    wake_pk = UnicodeAttribute(hash_key=True)
    wake_at = UnicodeAttribute(range_key=True)


class Item(Model):
    """An item of any table: the keys say what it is, the body is its JSON."""

    class Meta(Timing):
        """`table` says which table, and where."""

        table_name = ""
        region = ""
        host: str | None = None

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    version = NumberAttribute(null=True)
    body = UnicodeAttribute(null=True)
    attention_pk = UnicodeAttribute(null=True)
    attention_sk = UnicodeAttribute(null=True)
    day_pk = UnicodeAttribute(null=True)
    day_sk = UnicodeAttribute(null=True)
    find_pk = UnicodeAttribute(null=True)
    find_sk = UnicodeAttribute(null=True)
    wake_pk = UnicodeAttribute(null=True)
    wake_at = UnicodeAttribute(null=True)
    tries = UnicodeSetAttribute(null=True)
    taken = UnicodeSetAttribute(null=True)
    expires = NumberAttribute(null=True)

    attention = AttentionIndex()
    day = DayIndex()
    find = FindIndex()
    wake = WakeIndex()


@cache
def table(name: str, region: str, host: str | None = None) -> type[Item]:
    """The items of the table with this name.

    PynamoDB fixes a table's name in its class, and indexes know their class, so each table has a
    class of its own, made once.
    """
    meta = type("Meta", (Timing,), {"table_name": name, "region": region, "host": host})
    parts: dict[str, Any] = {"Meta": meta, "__doc__": Item.__doc__, "__module__": __name__}
    for index in (AttentionIndex, DayIndex, FindIndex, WakeIndex):
        index_meta = type("Meta", (), dict(vars(index.Meta)))
        attributes = {k: type(v)(hash_key=v.is_hash_key, range_key=v.is_range_key) for k, v in _keys(index)}
        parts[str(index.Meta.index_name)] = type(
            index.__name__, (GlobalSecondaryIndex,), {"Meta": index_meta, **attributes}
        )()
    return type(name.replace("-", "_"), (Item,), parts)


def _keys(index: type[GlobalSecondaryIndex[Any]]) -> list[tuple[str, UnicodeAttribute]]:
    return [(k, v) for k, v in vars(index).items() if isinstance(v, UnicodeAttribute)]


def transaction(items: type[Item]) -> TransactWrite:
    """A transaction over this table (and, where needed, the others of the same account)."""
    return TransactWrite(connection=_connection(items.Meta.region, items.Meta.host))


@cache
def _connection(region: str, host: str | None) -> Connection:
    return Connection(
        region=region,
        host=host,
        read_timeout_seconds=Timing.read_timeout_seconds,
        connect_timeout_seconds=Timing.connect_timeout_seconds,
        max_retry_attempts=Timing.max_retry_attempts,
    )


def failures(error: TransactWriteError) -> list[str]:
    """The reason of each item of a transaction that was cancelled: "" where there was none."""
    return [reason.code if reason else "" for reason in error.cancellation_reasons]


def packed(value: Any) -> str:
    """The JSON of one of our values."""
    return msgspec.json.encode(value).decode()
