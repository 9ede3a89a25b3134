"""A team's own versions of a pathway: copied, drafted, reviewed, published, retired.

A hospital's own pathway has the code of the one it was copied from and the hospital's id
("inguinal-hernia.demo"), so that nobody's version is ever taken for somebody else's. A booking whose
procedure leads to "inguinal-hernia" begins with the hospital's own published version where there is one.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol

import msgspec
from msgspec.structs import replace

from chalicelib.domain.findings import Finding
from chalicelib.domain.lint import lint
from chalicelib.domain.pathway import Origin, Pathway
from chalicelib.domain.rules import Words

if TYPE_CHECKING:
    from chalicelib.application.access import Staff
    from chalicelib.application.world import World

Status = Literal["draft", "reviewed", "published", "retired"]
MOST_STEPS_BACK = 50
"""So many saves of a draft can be undone."""


class NotADraft(Exception):
    """A published version never changes; a change is a new version."""


class NotReviewed(Exception):
    """A version is published after a translator and a clinician have put their names to it."""


class HasErrors(Exception):
    """Errors of the lint block publishing; `findings` says which."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        """Keep what the page has to show."""
        super().__init__(f"{len(findings)} errors")
        self.findings = findings


class Version(msgspec.Struct, frozen=True):
    """One version of a hospital's own pathway: where it stands, and who has signed what."""

    code: str
    number: int
    status: Status
    title: Words
    saved_at: datetime
    saved_by: str
    """A member's id."""
    revision: int = 0
    """How often this was written: of two who change it at once, one reads again."""
    cursor: int = 1
    """Which of the kept states of the draft is the present one."""
    newest: int = 1
    """The newest of them: what lies between can be done again."""
    based_on: Origin | None = None
    translator: str = ""
    clinician: str = ""
    reviewed_at: datetime | None = None
    reviewed_by: str = ""
    """The member who wrote the two names; so for the other two."""
    published_at: datetime | None = None
    published_by: str = ""
    retired_at: datetime | None = None
    retired_by: str = ""

    @property
    def may_change(self) -> bool:
        """Whether it can still be edited."""
        return self.status in {"draft", "reviewed"}


class Versions(Protocol):
    """Where a hospital's own versions are kept."""

    def all(self, hospital: str) -> tuple[Version, ...]:
        """Every version of every own pathway, by code, newest first."""

    def version(self, hospital: str, code: str, number: int) -> Version | None:
        """One version as it stands (read consistently), or None."""

    def document(self, hospital: str, version: Version) -> Pathway:
        """What the version says now, as it was written (repeated steps not unfolded)."""

    def save(self, hospital: str, version: Version, document: Pathway | None) -> Version:
        """Put a version, with a new state of its draft where there is one; raises `Conflict`.

        Returns it with its next revision.
        """

    def publish(self, hospital: str, version: Version, document: Pathway) -> Version:
        """Put a published version whose document never changes again, and make it the current one."""

    def current(self, hospital: str, code: str) -> int | None:
        """The number of the published version that a new episode begins with (read consistently)."""

    def set_current(self, hospital: str, code: str, number: int | None) -> None:
        """Let new episodes begin with this version, or (None) with the catalogue's."""


def own_code(code: str, hospital: str) -> str:
    """The hospital's own code for a pathway of the catalogue, or for one that is its own already."""
    return f"{code.partition('.')[0]}.{hospital}"


def copied(world: World, who: Staff, origin: Origin, at: datetime) -> Version:
    """A new draft that begins as this version, of the catalogue or one's own."""
    known = world.versions.all(who.hospital)
    code = own_code(origin.code, who.hospital)
    number = 1 + max((v.number for v in known if v.code == code), default=0)
    document = replace(
        world.catalogue.document(origin.code, origin.version),
        code=code,
        version=number,
        based_on=origin,
        validated_by=None,
    )
    draft = Version(
        code=code,
        number=number,
        status="draft",
        title=document.title,
        saved_at=at,
        saved_by=who.member.id,
        based_on=origin,
    )
    return world.versions.save(who.hospital, draft, document)


def edited(world: World, who: Staff, version: Version, document: Pathway, at: datetime) -> Version:
    """The draft with a new state. What was reviewed is to be reviewed again. Raises `NotADraft`."""
    _must_be_open(version)
    cursor = version.cursor + 1
    changed = replace(
        version,
        status="draft",
        title=document.title,
        saved_at=at,
        saved_by=who.member.id,
        cursor=cursor,
        newest=cursor,
        translator="",
        clinician="",
        reviewed_at=None,
        reviewed_by="",
    )
    fixed = replace(document, code=version.code, version=version.number, based_on=version.based_on)
    return world.versions.save(who.hospital, changed, fixed)


def moved_back(world: World, who: Staff, version: Version, steps: int, at: datetime) -> Version:
    """Undo (`steps` below 0) or redo: another of the kept states becomes the present one."""
    _must_be_open(version)
    oldest = max(1, version.newest - MOST_STEPS_BACK)
    cursor = min(max(version.cursor + steps, oldest), version.newest)
    if cursor == version.cursor:
        return version
    moved = replace(version, status="draft", cursor=cursor, saved_at=at, saved_by=who.member.id)
    title = world.versions.document(who.hospital, moved).title
    return world.versions.save(who.hospital, replace(moved, title=title), None)


def reviewed(
    world: World, who: Staff, version: Version, translator: str, clinician: str, at: datetime
) -> Version:
    """A translator and a clinician have read it: both are named. Raises `NotADraft`, `NotReviewed`."""
    _must_be_open(version)
    if not (translator.strip() and clinician.strip()):
        raise NotReviewed
    signed = replace(
        version,
        status="reviewed",
        translator=translator.strip(),
        clinician=clinician.strip(),
        reviewed_at=at,
        reviewed_by=who.member.id,
    )
    return world.versions.save(who.hospital, signed, None)


def published(world: World, who: Staff, version: Version, at: datetime) -> Version:
    """From now on new episodes begin with it. Raises `NotReviewed`, `HasErrors`, `NotADraft`."""
    _must_be_open(version)
    if version.status != "reviewed":
        raise NotReviewed
    document = replace(world.versions.document(who.hospital, version), validated_by=version.clinician)
    errors = tuple(finding for finding in findings(world, who.hospital, document) if finding.is_error)
    if errors:
        raise HasErrors(errors)
    earlier = [v for v in world.versions.all(who.hospital) if v.code == version.code]
    now_out = replace(version, status="published", published_at=at, published_by=who.member.id)
    out = world.versions.publish(who.hospital, now_out, document)
    for one in earlier:
        if one.status == "published" and one.number != version.number:
            world.versions.save(who.hospital, _retired(who, one, at), None)
    return out


def retired(world: World, who: Staff, version: Version, at: datetime) -> Version:
    """New episodes no longer begin with it; those that have begun go on with it."""
    out = world.versions.save(who.hospital, _retired(who, version, at), None)
    if world.versions.current(who.hospital, version.code) == version.number:
        world.versions.set_current(who.hospital, version.code, None)
    return out


def _retired(who: Staff, version: Version, at: datetime) -> Version:
    return replace(version, status="retired", retired_at=at, retired_by=who.member.id)


def findings(world: World, hospital: str, document: Pathway) -> tuple[Finding, ...]:
    """What the lint says of a document for the units of this hospital, each finding once."""
    hours = {unit.hours for unit in world.catalogue.units(hospital)}
    found = [one for week in hours for one in lint(document, week, document.languages)]
    return tuple(dict.fromkeys(found))


def to_begin_with(world: World, hospital: str, code: str) -> tuple[str, int]:
    """The pathway and version with which a new episode begins: the hospital's own, or the catalogue's."""
    own = own_code(code, hospital)
    number = world.versions.current(hospital, own)
    if number is not None:
        return own, number
    return code, world.catalogue.latest(code).version


def in_force(world: World, hospital: str) -> tuple[tuple[str, int, Words], ...]:
    """What a follow-up may go over to: for each operation the hospital's own version, or the catalogue's."""
    own = {v.code: v for v in world.versions.all(hospital) if v.status == "published"}
    found = []
    for code in dict.fromkeys([*world.catalogue.codes(), *(code.partition(".")[0] for code in own)]):
        mine = own.get(own_code(code, hospital))
        if mine is not None:
            found.append((mine.code, mine.number, mine.title))
        else:
            latest = world.catalogue.latest(code)
            found.append((code, latest.version, latest.title))
    return tuple(found)


def _must_be_open(version: Version) -> None:
    if not version.may_change:
        raise NotADraft(f"{version.code} version {version.number}")
