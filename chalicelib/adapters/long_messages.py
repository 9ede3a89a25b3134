"""S3: HL7 messages that are too long for a queue or an item of the ledger."""

from __future__ import annotations

from hashlib import sha256
from typing import Any


class WrongPlace(Exception):
    """A pointer leads out of its hospital's own part of the bucket."""


class LongMessages:
    """One bucket; every hospital has its own part of it."""

    def __init__(self, client: Any, bucket: str) -> None:
        """`client`: boto3's S3 client."""
        self.client = client
        self.bucket = bucket

    def put(self, hospital: str, raw: bytes) -> str:
        """Store a message and return its key; storing it twice does no harm."""
        key = f"{_folder(hospital)}{sha256(raw).hexdigest()}"
        self.client.put_object(Bucket=self.bucket, Key=key, Body=raw)
        return key

    def get(self, hospital: str, key: str) -> bytes:
        """The message under a key of this hospital. Raises `WrongPlace`."""
        if not key.startswith(_folder(hospital)):
            raise WrongPlace(key)
        found: bytes = self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return found


def _folder(hospital: str) -> str:
    return f"hl7/{hospital}/"
