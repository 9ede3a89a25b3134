"""The operators' page: how the queues stand, what stumbles, what became of the day's notices. No people."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from chalice.app import Response

from chalicelib.application import access
from chalicelib.application.hospital_queue import Depth
from chalicelib.application.stumbling import try_now
from chalicelib.domain.stumble import ALARMING
from chalicelib.entrypoints import answers
from chalicelib.entrypoints.console_view import shown_count
from chalicelib.entrypoints.http import Call, Routes

routes = Routes(__name__)

OWN = ("in", "out")
SYSTEM = ("shards", "wake", "notices", "reports", "receipts", "replies")
SHOWN = 100
"""Stumbles on the page, the oldest first."""
STATES = ("due", "claimed", "unknown", "sent", "delivered", "failed", "expired", "cancelled")


@routes.get("/team/operations", allow="staff")
def operations(call: Call) -> Response:
    """Counts and ids: operators see that something stands still, and why, never about whom."""
    hospital = _hospital(call)
    world = call.world
    stumbles = world.stumbles.standing(hospital)
    counts = world.outgoing.counts(hospital, call.now.astimezone(UTC).date())
    return answers.page(
        call,
        "staff/operations.html.jinja",
        call.language(call.member.member.language),
        member={"name": call.member.member.name, "role": call.member.member.role},
        csrf=call.member.session.csrf,
        zone=world.catalogue.profile(hospital).zone,
        now=call.now,
        queues=_lines(world.hospital_queue.depths(hospital)) + _lines(world.system_queues.depths()),
        stumbles=stumbles[:SHOWN],
        more=len(stumbles[SHOWN:]),
        alarming=ALARMING,
        notices=[(state, counts.get(state, 0)) for state in STATES],
        redriven=shown_count(call, "redriven"),
        hastened=call.query.get("hastened", ""),
    )


@routes.post("/team/operations/redrive", allow="staff")
def redrive(call: Call) -> Response:
    """Put a queue's dead letters back, the first hundred: done twice it does no harm."""
    hospital = _hospital(call)
    queue = call.form.get("queue", "")
    if queue in OWN:
        count = call.world.hospital_queue.redrive(hospital, queue)
    elif queue in SYSTEM:
        count = call.world.system_queues.redrive(queue)
    else:
        raise access.NotThere(queue)
    access.operated(call.world, call.member, f"REDRIVE#{queue}", call.now)
    return answers.redirect(f"/team/operations?redriven={count}")


@routes.post("/team/operations/try", allow="staff")
def try_again(call: Call) -> Response:
    """Let the next sweep take what rests."""
    hospital = _hospital(call)
    episode, item = call.form.get("episode", ""), call.form.get("item", "")
    found = try_now(call.world, hospital, episode, item, call.now)
    access.operated(call.world, call.member, f"TRY#{episode}#{item}", call.now)
    return answers.redirect(f"/team/operations?hastened={'yes' if found else 'no'}")


def _hospital(call: Call) -> str:
    access.may_use_console(call.member)
    return call.member.hospital


def _lines(depths: tuple[Depth, ...]) -> list[dict[str, Any]]:
    """Each queue on one line with what it has given up."""
    found = {depth.name: depth for depth in depths}
    return [
        {
            "name": name,
            "waiting": depth.waiting,
            "in_hand": depth.in_hand,
            "oldest_seconds": depth.oldest_seconds,
            "dead": found[f"{name}_dead"].waiting,
            "dead_oldest_seconds": found[f"{name}_dead"].oldest_seconds,
        }
        for name, depth in found.items()
        if not name.endswith("_dead")
    ]
