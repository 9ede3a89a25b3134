"""The integrators' console: every HL7 message with what it did, the queues, the quarantine, the profile."""

from __future__ import annotations

import json
from datetime import UTC, date
from typing import Any, Literal

from chalice.app import Response

from chalicelib.application import access, profile
from chalicelib.application.identity import control_key, patient_id
from chalicelib.application.ledger import PAGE, Page
from chalicelib.application.ports import Conflict
from chalicelib.application.records import MessageRecord
from chalicelib.entrypoints import answers, border, console_view
from chalicelib.entrypoints.http import Call, Routes

routes = Routes(__name__)

WAYS: tuple[Literal["in", "out"], ...] = ("in", "out")


@routes.get("/team/hl7", allow="staff")
def messages(call: Call) -> Response:
    """The last messages in and out, with what came of them, and how the queues stand."""
    hospital = _hospital(call)
    found = _found(call, hospital)
    access.saw_messages(call.world, call.member, "HL7", call.now)
    return _page(
        call,
        "hl7_messages",
        **console_view.listing(call, found, _direction(call), _day(call)),
        queues=call.world.hospital_queue.depths(hospital),
        quarantined=len(call.world.ledger.quarantined(hospital, None).lines),
        most=PAGE,
    )


@routes.post("/team/hl7/find", allow="staff")
def find(call: Call) -> Response:
    """From a number that somebody typed to a link that holds none: URLs stand in logs and histories."""
    typed = call.form.get("number", "").strip()
    return answers.redirect(_of_number(call, _hospital(call), typed) or "/team/hl7?found=no")


@routes.get("/team/hl7/messages/{key}", allow="staff")
def message(call: Call, key: str) -> Response:
    """One message, field by field, with what it did and how it was answered."""
    hospital = _hospital(call)
    line = _line(call, hospital, key)
    access.saw_messages(call.world, call.member, f"MSG#{key}", call.now)
    siblings = call.world.ledger.of_control(hospital, key.partition(".")[0])
    raw = border.raw_of(hospital, line)
    return _page(call, "hl7_message", **console_view.details(call, line, raw, siblings))


@routes.post("/team/hl7/messages/{key}/replay", allow="staff")
def replay(call: Call, key: str) -> Response:
    """Read a message of the quarantine again, by the profile as it now stands."""
    hospital = _hospital(call)
    line = _line(call, hospital, key)
    if line.result == "quarantined" and line.direction == "in":
        border.take_in_again(hospital, line, call.now)
    return answers.redirect(f"/team/hl7/messages/{key}")


@routes.post("/team/hl7/replay", allow="staff")
def replay_all(call: Call) -> Response:
    """The same for a page of the quarantine: those that came first go first."""
    hospital = _hospital(call)
    waiting = call.world.ledger.quarantined(hospital, None).lines
    left = sum(_is_left(call, hospital, line) for line in reversed(waiting))
    done = len(waiting) - left
    return answers.redirect(f"/team/hl7?result=quarantined&replayed={done}&left={left}")


def _is_left(call: Call, hospital: str, line: MessageRecord) -> bool:
    try:
        return border.take_in_again(hospital, line, call.now).result == "quarantined"
    except Conflict:
        return True  # a colleague replays it at the same moment


@routes.post("/team/hl7/redrive", allow="staff")
def redrive(call: Call) -> Response:
    """Bring back what failed again and again: the first hundred of a queue's dead letters."""
    hospital = _hospital(call)
    way = next((way for way in WAYS if call.form.get("way") == way), "in")
    count = call.world.hospital_queue.redrive(hospital, way)
    return answers.redirect(f"/team/hl7?redriven={count}")


@routes.get("/team/hl7/profile", allow="staff")
def dialect(call: Call) -> Response:
    """The hospital's dialect as JSON, and a box to try a message with it."""
    text = profile.written(call.world.catalogue.profile(_hospital(call)))
    return _page(
        call, "hl7_profile", profile=text, message="", error="", tried=None, saved="saved" in call.query
    )


@routes.post("/team/hl7/profile", allow="staff")
def change_dialect(call: Call) -> Response:
    """Try a message with the profile in the form, or save that profile. A trial changes nothing."""
    hospital = _hospital(call)
    text, sample = call.form.get("profile", ""), call.form.get("message", "")
    shown = {"profile": text, "message": sample, "saved": False}
    try:
        changed = _checked(call, hospital, text)
    except profile.BadProfile as problem:
        return _page(call, "hl7_profile", **shown, error=str(problem), tried=None)
    if call.form.get("do") == "save":
        call.world.catalogue.save_profile(hospital, changed)
        access.saw_messages(call.world, call.member, "HL7 profile changed", call.now)
        return answers.redirect("/team/hl7/profile?saved=1")
    raw = sample.replace("\r\n", "\r").encode()
    tried = console_view.trial(border.in_dialect(changed, raw, call.now), raw)
    return _page(call, "hl7_profile", **shown, error="", tried=tried)


@routes.get("/team/hl7/profile.schema.json", allow="staff")
def profile_schema(call: Call) -> Response:
    """The JSON Schema of a profile."""
    _hospital(call)
    return answers.text(json.dumps(profile.schema(), indent=1), "application/schema+json")


def _checked(call: Call, hospital: str, text: str) -> profile.Profile:
    changed = profile.parsed(text)
    units = frozenset(unit.id for unit in call.world.catalogue.units(hospital))
    profile.check_names(changed, frozenset(call.world.catalogue.codes()), units)
    return changed


def _hospital(call: Call) -> str:
    access.may_use_console(call.member)
    return call.member.hospital


def _line(call: Call, hospital: str, key: str) -> MessageRecord:
    ledger = call.world.ledger
    line = ledger.message(hospital, key, "in") or ledger.message(hospital, key, "out")
    if line is None:
        raise access.NotThere(key)
    return line


def _found(call: Call, hospital: str) -> Page:
    """What the filters ask for: a control id, a patient, the quarantine, or a day."""
    ledger = call.world.ledger
    if control := call.query.get("control"):
        return Page(ledger.of_control(hospital, control))
    if patient := call.query.get("patient"):
        return Page(ledger.of_patient(hospital, patient))
    if call.query.get("found") == "no":
        return Page(())
    before, result = call.query.get("before") or None, call.query.get("result", "")
    if result == "quarantined":
        return ledger.quarantined(hospital, before)
    kind = call.query.get("type", "").strip().upper()

    def fits(line: MessageRecord) -> bool:
        return result in {"", line.result} and line.type.startswith(kind)

    return ledger.page(hospital, _direction(call), _day(call), before, fits)


def _of_number(call: Call, hospital: str, typed: str) -> str | None:
    """The link to the messages with this control id (MSH-10), or about the patient with this number."""
    ledger = call.world.ledger
    control = control_key(hospital, typed)
    if ledger.of_control(hospital, control):
        return f"/team/hl7?control={control}"
    for authority in call.world.catalogue.profile(hospital).patient_authorities or ("",):
        patient = patient_id(hospital, authority, typed)
        if ledger.of_patient(hospital, patient):
            return f"/team/hl7?patient={patient}"
    return None


def _direction(call: Call) -> Literal["in", "out"]:
    return "out" if call.query.get("direction") == "out" else "in"


def _day(call: Call) -> date:
    try:
        return date.fromisoformat(call.query.get("day", ""))
    except ValueError:
        return call.now.astimezone(UTC).date()


def _page(call: Call, name: str, **context: Any) -> Response:
    language = call.language(call.member.member.language)
    return answers.page(
        call,
        f"staff/{name}.html.jinja",
        language,
        member={"name": call.member.member.name, "role": call.member.member.role},
        csrf=call.member.session.csrf,
        zone=call.world.catalogue.profile(call.member.hospital).zone,
        now=call.now,
        **context,
    )
