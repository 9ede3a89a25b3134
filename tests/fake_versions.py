"""A hospital's own versions in memory; refuses what the real store refuses."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from chalicelib.application.ports import Conflict
from chalicelib.application.versions import Version
from chalicelib.domain.pathway import Pathway


class MemoryVersions:
    def __init__(self) -> None:
        self.known: dict[tuple[str, str, int], Version] = {}
        self.states: dict[tuple[Any, ...], Pathway] = {}
        self.documents: dict[tuple[str, str, int], Pathway] = {}
        self.in_force: dict[tuple[str, str], int | None] = {}

    def all(self, hospital: str) -> tuple[Version, ...]:
        mine = [v for (h, *_), v in self.known.items() if h == hospital]
        return tuple(sorted(mine, key=lambda v: (v.code, -v.number)))

    def version(self, hospital: str, code: str, number: int) -> Version | None:
        return self.known.get((hospital, code, number))

    def document(self, hospital: str, version: Version) -> Pathway:
        if version.published_at is not None:
            return self.published(hospital, version.code, version.number)
        return self.states[hospital, version.code, version.number, version.cursor]

    def published(self, hospital: str, code: str, number: int) -> Pathway:
        return self.documents[hospital, code, number]

    def save(self, hospital: str, version: Version, document: Pathway | None) -> Version:
        place = (hospital, version.code, version.number)
        known = self.known.get(place)
        if (known.revision if known else 0) != version.revision:
            raise Conflict(version.code)
        if document is not None:
            self.states[*place, version.cursor] = document
        self.known[place] = replace(version, revision=version.revision + 1)
        return self.known[place]

    def publish(self, hospital: str, version: Version, document: Pathway) -> Version:
        if (hospital, version.code, version.number) in self.documents:
            raise Conflict(version.code)
        out = self.save(hospital, version, None)
        self.documents[hospital, version.code, version.number] = document
        self.in_force[hospital, version.code] = version.number
        return out

    def current(self, hospital: str, code: str) -> int | None:
        return self.in_force.get((hospital, code))

    def set_current(self, hospital: str, code: str, number: int | None) -> None:
        self.in_force[hospital, code] = number
