"""What the hospital says of a follow-up: its booking, its patient, the comings and goings.

Words may arrive in any order. Each carries its place (`as_of`), and the same set of words leads to the
same state, whichever came first. A cancelled follow-up still takes them in, because a newer booking
may reinstate it; one that has ended does not.
"""

from __future__ import annotations

from chalicelib.domain.episode import alerting
from chalicelib.domain.episode import commands as c
from chalicelib.domain.episode import events as e
from chalicelib.domain.episode.evolve import evolve, folded
from chalicelib.domain.episode.schedule import useful_until
from chalicelib.domain.episode.state import Episode
from chalicelib.domain.episode.waking import release
from chalicelib.domain.errors import EpisodeClosed, StepsDiffer
from chalicelib.domain.messaging_hours import next_open
from chalicelib.domain.pathway import Pathway

Events = tuple[e.Event, ...]


def book(pathway: Pathway, state: Episode | None, command: c.Book) -> Events:
    """Plan, bring up to date, or reinstate. Raises `EpisodeClosed` once the follow-up has ended."""
    if state is None:
        first = e.Booked(**{name: getattr(command, name) for name in e.Booked.__struct_fields__})
        return (first, *_unmapped(pathway, evolve(None, first), command))
    if state.ended_at is not None:
        raise EpisodeClosed("Book")
    if command.as_of <= state.as_of:
        return _visit(state, command)
    events: list[e.Event] = [*_reinstated(state, command), *_replanned(state, command)]
    if (command.operation_at, command.arrival_at) != (state.operation_at, state.arrival_at):
        events += _moved(state, command)
    else:
        events.append(e.BookingConfirmed(at=command.at, as_of=command.as_of))
    if command.patient != state.patient:
        events.append(e.PatientChanged(at=command.at, patient=command.patient))
    if command.surgeon != state.surgeon:
        events.append(e.SurgeonChanged(at=command.at, surgeon=command.surgeon))
    events += _visit(state, command)
    now = folded(state, events)
    if command.unmapped is None:
        events += alerting.no_longer_needed(now, command.at, lambda alert: alert.kind == "no_pathway")
    elif now.pathway == command.pathway:
        events += _unmapped(pathway, now, command)
    now = folded(state, events)
    return (
        *events,
        *change_channels(pathway, now, c.ChangeChannels(at=command.at, channels=command.channels)),
    )


def _unmapped(pathway: Pathway, state: Episode, command: c.Book) -> tuple[e.AlertRaised, ...]:
    """No pathway was found: the general one was taken, and somebody has to choose. Never silence."""
    if command.unmapped is None or alerting.has_open(state, "no_pathway") or state.chosen_by is not None:
        return ()
    return (alerting.of_step(pathway.steps[0], state, "no_pathway", command.at, command.unmapped),)


def change_pathway(state: Episode, command: c.ChangePathway) -> Events:
    """By hand; raises `StepsDiffer` where a contact that has begun is not in the other one."""
    if state.is_closed:
        raise EpisodeClosed("ChangePathway")
    if (command.pathway, command.pathway_version) == (state.pathway, state.pathway_version):
        return ()
    begun = {key for key, step in state.steps.items() if step.release}
    if missing := sorted(begun - set(command.steps)):
        raise StepsDiffer(", ".join(missing))
    changed = e.PathwayChanged(
        at=command.at, by=command.by, pathway=command.pathway, pathway_version=command.pathway_version
    )
    chosen = alerting.no_longer_needed(state, command.at, lambda alert: alert.kind == "no_pathway")
    return (changed, *chosen)


def _visit(state: Episode, command: c.Book) -> Events:
    """The stay's number has an order of its own: a newer word that does not name it leaves it."""
    if command.visit is None or command.as_of <= state.visit_as_of:
        return ()
    return (e.VisitLinked(at=command.at, visit=command.visit, as_of=command.as_of),)


def link_visit(state: Episode, command: c.LinkVisit) -> Events:
    """Only where no stay is known, or where this one had another number before."""
    if command.visit == state.visit or state.visit not in {None, command.instead_of}:
        return ()
    return (e.VisitLinked(at=command.at, visit=command.visit, as_of=state.visit_as_of),)


def _reinstated(state: Episode, command: c.Book) -> Events:
    if state.cancelled_at is None or command.as_of <= state.cancelled_as_of:
        return ()
    return (e.Reinstated(at=command.at, withdrawn=_touched(state)),)


def origin_of(code: str) -> str:
    """A hospital's own pathway and the catalogue's are one and the same operation."""
    return code.partition(".")[0]


def _replanned(state: Episode, command: c.Book) -> Events:
    """Another operation only while nothing has been said: what was asked must fit what is answered."""
    spoken = any(step.release for step in state.steps.values())
    pathway, version = state.pathway, state.pathway_version
    if not spoken and state.chosen_by is None and origin_of(command.pathway) != origin_of(state.pathway):
        pathway, version = command.pathway, command.pathway_version
    if (pathway, command.unit) == (state.pathway, state.unit):
        return ()
    return (
        e.Replanned(
            at=command.at,
            pathway=pathway,
            pathway_version=version,
            unit=command.unit,
            hours=command.hours,
        ),
    )


def _moved(state: Episode, command: c.Book) -> Events:
    return (
        e.Moved(
            at=command.at,
            as_of=command.as_of,
            operation_at=command.operation_at,
            arrival_at=command.arrival_at,
            withdrawn=_touched(state),
        ),
        *alerting.no_longer_needed(state, command.at, lambda alert: alert.kind != "no_pathway"),
        *alerting.not_corrected(state, _touched(state), command.at),
    )


def _touched(state: Episode) -> tuple[str, ...]:
    return tuple(key for key, step in state.steps.items() if step.status != "waiting")


def cancel(state: Episode, command: c.Cancel) -> Events:
    """Nothing more is sent; a message that has left is taken back. A newer booking stands."""
    if state.ended_at is not None or command.as_of < state.as_of or command.as_of <= state.cancelled_as_of:
        return ()
    known = state.cancelled_at is not None
    spoken = () if known else tuple(key for key, step in state.steps.items() if step.release > 0)
    return (
        e.Cancelled(at=command.at, reason=command.reason, withdrawn=spoken, as_of=command.as_of),
        *alerting.no_longer_needed(state, command.at, lambda alert: True),
        *alerting.not_corrected(state, spoken, command.at),
    )


def change_patient(state: Episode, command: c.ChangePatient) -> Events:
    """The follow-up goes to the number that stays."""
    if command.patient == state.patient:
        return ()
    return (e.PatientChanged(at=command.at, patient=command.patient),)


def movement(
    pathway: Pathway,
    state: Episode,
    command: c.Admit | c.Discharge | c.WithdrawAdmission | c.WithdrawDischarge,
) -> Events:
    """The patient came or left, or one of the two is withdrawn; another time corrects the one we know."""
    phases = {step.key: step.phase for step in pathway.steps}
    at = command.at
    match command:
        case c.Admit() if state.admitted_at != at:
            unneeded = alerting.no_longer_needed(state, at, lambda a: phases.get(a.step) == "before")
            return (e.Admitted(at=at), *unneeded)
        case c.Discharge() if state.discharged_at != at:
            unneeded = alerting.no_longer_needed(
                state, at, lambda a: phases.get(a.step) == "before" or a.kind == "not_discharged"
            )
            return (e.Discharged(at=at), *unneeded)
        case c.WithdrawAdmission() if state.admitted_at is not None:
            return (e.AdmissionWithdrawn(at=at),)
        case c.WithdrawDischarge() if state.discharged_at is not None:
            spoken = tuple(
                key
                for key, step in state.steps.items()
                if phases.get(key) == "after" and step.status in {"released", "missed"}
            )
            unneeded = alerting.no_longer_needed(state, at, lambda a: a.step in spoken)
            return (e.DischargeWithdrawn(at=at, withdrawn=spoken), *unneeded)
        case _:
            return ()


def change_channels(pathway: Pathway, state: Episode, command: c.ChangeChannels) -> Events:
    """Where the patient could not be reached and now can, the message goes out after all."""
    if command.channels == state.channels:
        return ()
    events: list[e.Event] = [e.ChannelsChanged(at=command.at, channels=command.channels, by=command.by)]
    if "sms" in command.channels:
        events += [
            e.AlertResolved(at=command.at, alert=alert.id, by=None, outcome="no_longer_needed")
            for alert in state.open_alerts
            if alert.kind == "prefers_call"
        ]
    now = folded(state, events)
    for step in pathway.steps if command.channels else ():
        unreached = [
            a for a in now.open_alerts if a.step == step.key and a.kind in {"no_contact", "undelivered"}
        ]
        if unreached and next_open(now.hours, command.at) < useful_until(step, now):
            events += alerting.no_longer_needed(now, command.at, unreached.__contains__)
            events += release(step, now, command.at)
    return tuple(events)
