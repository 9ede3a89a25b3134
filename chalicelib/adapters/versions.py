"""A hospital's own versions of pathways, in the catalogue table.

`PATHWAYS` lists the versions and where each stands. One partition for each own pathway holds the states of
its drafts (`DRAFT#<number>#<state>`), what was published (`DOC#<number>`) and which is in force (`CURRENT`).
"""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from functools import lru_cache
from typing import Any

import msgspec
from msgspec.structs import replace
from pynamodb.exceptions import PutError, TransactWriteError

from chalicelib.adapters.tables import Item, packed, transaction
from chalicelib.application import versions
from chalicelib.application.ports import Conflict
from chalicelib.application.versions import Version
from chalicelib.domain.pathway import Pathway
from chalicelib.fhir.document import packed as document_packed
from chalicelib.fhir.document import read as document_of


class Versions(versions.Versions):
    """The own pathways of hospitals."""

    def __init__(self, items: type[Item]) -> None:
        """`items`: the catalogue table."""
        self.items = items
        self._published = lru_cache(maxsize=64)(self._read_published)

    def all(self, hospital: str) -> tuple[Version, ...]:
        """Every version of every own pathway."""
        found = self.items.query(_list(hospital), consistent_read=True)
        known = [msgspec.json.decode(item.body, type=Version) for item in found]
        return tuple(sorted(known, key=lambda version: (version.code, -version.number)))

    def version(self, hospital: str, code: str, number: int) -> Version | None:
        """One version as it stands."""
        item = self._get(_list(hospital), f"{code}#{number:04d}")
        return None if item is None else msgspec.json.decode(item.body, type=Version)

    def document(self, hospital: str, version: Version) -> Pathway:
        """What the version says now."""
        if version.published_at is not None:
            return self.published(hospital, version.code, version.number)
        item = self._get(_documents(hospital, version.code), _draft(version.number, version.cursor))
        if item is None:
            msg = f"{version.code} version {version.number}: state {version.cursor} is gone"
            raise LookupError(msg)
        return read(item.body)

    def published(self, hospital: str, code: str, number: int) -> Pathway:
        """The document of a published version; raises `KeyError` when there is none. Never changes."""
        return self._published(hospital, code, number)

    def save(self, hospital: str, version: Version, document: Pathway | None) -> Version:
        """Put a version, with a new state of its draft where there is one."""
        after = replace(version, revision=version.revision + 1)
        puts = [(self._version_item(hospital, after), self._unchanged(version))]
        if document is not None:
            place = _draft(version.number, version.cursor)
            draft = self.items(_documents(hospital, version.code), place, body=written(document))
            puts.append((draft, None))
        self._write(puts)
        if document is not None:
            self._forget(hospital, version)
        return after

    def publish(self, hospital: str, version: Version, document: Pathway) -> Version:
        """The document is put on condition that there is none: it never changes again."""
        after = replace(version, revision=version.revision + 1)
        partition, absent = _documents(hospital, version.code), self.items.pk.does_not_exist()
        self._write(
            [
                (self._version_item(hospital, after), self._unchanged(version)),
                (self.items(partition, f"DOC#{version.number:04d}", body=written(document)), absent),
                (self.items(partition, "CURRENT", body=packed(version.number)), None),
            ]
        )
        return after

    def current(self, hospital: str, code: str) -> int | None:
        """The number of the version in force."""
        item = self._get(_documents(hospital, code), "CURRENT")
        return None if item is None else msgspec.json.decode(item.body, type=int | None)

    def set_current(self, hospital: str, code: str, number: int | None) -> None:
        """Let new episodes begin with this version."""
        self.items(_documents(hospital, code), "CURRENT", body=packed(number)).save()

    def _read_published(self, hospital: str, code: str, number: int) -> Pathway:
        item = self._get(_documents(hospital, code), f"DOC#{number:04d}")
        if item is None:
            raise KeyError(code, number)
        return read(item.body)

    def _forget(self, hospital: str, version: Version) -> None:
        """The oldest state that can no longer be reached."""
        gone = version.newest - versions.MOST_STEPS_BACK - 1
        if gone > 0:
            self.items(_documents(hospital, version.code), _draft(version.number, gone)).delete()

    def _version_item(self, hospital: str, version: Version) -> Item:
        place = f"{version.code}#{version.number:04d}"
        return self.items(_list(hospital), place, version=version.revision, body=packed(version))

    def _unchanged(self, version: Version) -> Any:
        if version.revision == 0:
            return self.items.pk.does_not_exist()
        return self.items.version == version.revision

    def _write(self, puts: list[tuple[Item, Any]]) -> None:
        try:
            with transaction(self.items) as writing:
                for item, condition in puts:
                    writing.save(item, condition=condition)
        except (TransactWriteError, PutError) as error:
            version, _ = puts[0]
            stored = self._get(version.pk, version.sk)
            # An answer was lost, and what is stored is what we wrote: it is ours.
            if stored is None or stored.body != version.body:
                raise Conflict from error

    def _get(self, pk: str, sk: str) -> Item | None:
        try:
            return self.items.get(pk, sk, consistent_read=True)
        except self.items.DoesNotExist:
            return None


def read(body: str) -> Pathway:
    """A document as it was written."""
    return document_of(zlib.decompress(b64decode(body)))


def written(document: Pathway) -> str:
    """A document as it is kept: compressed, because an item holds 400 kB and is paid by the kB."""
    return b64encode(zlib.compress(document_packed(document))).decode()


def _list(hospital: str) -> str:
    return f"TEN#{hospital}|PATHWAYS"


def _documents(hospital: str, code: str) -> str:
    return f"TEN#{hospital}|PATHWAY#{code}"


def _draft(number: int, state: int) -> str:
    return f"DRAFT#{number:04d}#{state:06d}"
