"""The catalogue: what hospitals say of themselves (a table), and what teams have written (files)."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from pathlib import Path
from time import monotonic
from typing import Any

import msgspec

from chalicelib.adapters import keys
from chalicelib.adapters.tables import Item, packed
from chalicelib.adapters.versions import Versions
from chalicelib.application import ports
from chalicelib.application.profile import Profile
from chalicelib.application.records import ClinicianEntry, Member, Unit
from chalicelib.domain.pathway import Pathway, unfolded
from chalicelib.fhir.document import read

FILES = Path(__file__).parent.parent / "catalogue"
FRESH_SECONDS = 30.0
"""How long a container believes what it read of a hospital: pages need one query less, and a change of
the profile is in force within half a minute."""
KINDS: dict[str, type[Any]] = {
    "UNIT": Unit,
    "MEMBER": Member,
    "PROFILE": Profile,
    "CLINICIAN": ClinicianEntry,
}
BASE_LANGUAGE = "en"


class UnknownHospital(LookupError):
    """A hospital without a profile: it was never set up."""


class Catalogue(ports.Catalogue):
    """The catalogue table, and the published files beside the code."""

    def __init__(self, items: type[Item]) -> None:
        """`items`: the catalogue table."""
        self.items = items
        self.own = Versions(items)
        self._followed = lru_cache(maxsize=64)(lambda code, number: unfolded(self.document(code, number)))
        self._read: dict[str, tuple[float, dict[str, dict[str, Any]]]] = {}

    def unit(self, hospital: str, unit: str) -> Unit | None:
        """The unit."""
        return self._of(hospital)["UNIT"].get(unit)

    def units(self, hospital: str) -> tuple[Unit, ...]:
        """All units, by id."""
        return tuple(self._of(hospital)["UNIT"].values())

    def member(self, hospital: str, member: str) -> Member | None:
        """The member."""
        return self._of(hospital)["MEMBER"].get(member)

    def members(self, hospital: str) -> tuple[Member, ...]:
        """All members, by id."""
        return tuple(self._of(hospital)["MEMBER"].values())

    def knows(self, hospital: str) -> bool:
        """Whether the hospital has been set up."""
        return "" in self._of(hospital)["PROFILE"]

    def profile(self, hospital: str) -> Profile:
        """The hospital's dialect of HL7."""
        found: Profile | None = self._of(hospital)["PROFILE"].get("")
        if found is None:
            raise UnknownHospital(hospital)
        return found

    def clinicians(self, hospital: str) -> dict[str, ClinicianEntry]:
        """The directory of surgeons."""
        return dict(self._of(hospital)["CLINICIAN"])

    def pathway(self, code: str, version: int) -> Pathway:
        """One published version, as it is followed."""
        return self._followed(code, version) if "." in code else pathway(code, version)

    def document(self, code: str, version: int) -> Pathway:
        """One published version, as it was written."""
        _, _, hospital = code.partition(".")
        return self.own.published(hospital, code, version) if hospital else document(code, version)

    def codes(self) -> tuple[str, ...]:
        """The codes of all pathways that come with Vigie."""
        return tuple(sorted({code for code, _ in files()}))

    def latest(self, code: str) -> Pathway:
        """The newest version."""
        versions = [version for known, version in files() if known == code]
        return pathway(code, max(versions, default=0))

    def wording(self, channel: str, text: str, language: str) -> dict[str, str]:
        """The parts of a message in this language, or in English."""
        words = wordings(channel)[text]
        chosen = words.get(language) or words[BASE_LANGUAGE]
        return {"text": chosen} if isinstance(chosen, str) else dict(chosen)

    def save_profile(self, hospital: str, profile: Profile) -> None:
        """Put another dialect in force."""
        self.save(hospital, profile)
        self._read.pop(hospital, None)

    def save(self, hospital: str, entry: Unit | Member | Profile) -> None:
        """Put a unit, a member or the profile."""
        kind = type(entry).__name__.upper()
        sk = kind if isinstance(entry, Profile) else f"{kind}#{entry.id}"
        self.items(keys.hospital(hospital), sk, body=packed(entry)).save()

    def _of(self, hospital: str) -> dict[str, dict[str, Any]]:
        """Everything about a hospital: one query, kept for a short while."""
        known = self._read.get(hospital)
        if known is not None and monotonic() - known[0] < FRESH_SECONDS:
            return known[1]
        sorted_out: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
        for item in self.items.query(keys.hospital(hospital), consistent_read=True):
            kind, _, name = item.sk.partition("#")
            if kind in KINDS:
                sorted_out[kind][name] = msgspec.json.decode(item.body, type=KINDS[kind])
        self._read[hospital] = (monotonic(), sorted_out)
        return sorted_out


@cache
def files() -> dict[tuple[str, int], Path]:
    """Where each version that comes with Vigie stands, by code and version, as the names of the files say."""
    found = {}
    for file in sorted((FILES / "pathways").glob("*.json")):
        code, _, version = file.stem.rpartition(".v")
        found[code, int(version)] = file
    return found


@cache
def document(code: str, version: int) -> Pathway:
    """One version as it was written; raises `KeyError` when there is none. No other file is read."""
    return read(files()[code, version].read_bytes())


@cache
def pathway(code: str, version: int) -> Pathway:
    """One version as it is followed; raises `KeyError` when there is none."""
    return unfolded(document(code, version))


def documents() -> dict[tuple[str, int], Pathway]:
    """Every version that comes with Vigie, as it was written: for who really wants all of them."""
    return {place: document(*place) for place in files()}


def pathways() -> dict[tuple[str, int], Pathway]:
    """Every version that comes with Vigie, as it is followed."""
    return {place: pathway(*place) for place in files()}


@cache
def wordings(channel: str) -> dict[str, Any]:
    """The signed texts of a channel."""
    found: dict[str, Any] = json.loads((FILES / "texts" / f"{channel}.json").read_text("utf-8"))
    return found
