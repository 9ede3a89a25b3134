"""Every page in every state that a person can meet, with invented people. Tests render them; so does

    python -m tests.adapters.page_samples DIR && python -m http.server --directory DIR

for somebody who wants to look at them.
"""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from chalicelib.adapters.pages import STATIC, Pages
from chalicelib.domain.stumble import Stumble
from tests.application.worlds import Hospital, booking, pid
from tests.desk import Desk, Shelf

LANGUAGES = ("fr", "en")
ZONE = "Europe/Paris"
NOW = datetime(2026, 11, 25, 9, 41, tzinfo=UTC)
DAY = date(2026, 11, 25)
ARRIVAL = datetime(2026, 11, 26, 6, 30, tzinfo=UTC)
ADVICE = {
    "fr": "Prenez les médicaments prescrits contre la douleur, puis appelez-nous.",
    "en": "Take the prescribed painkillers, then call us.",
}
TEXTS: dict[str, dict[str, Any]] = {
    "fr": {
        "operation": "Hernie inguinale",
        "before": "Préparer votre venue",
        "after": "Comment allez-vous aujourd’hui ?",
        "intro": "Lisez ces consignes, puis dites-nous si vous viendrez.",
        "coming": "Viendrez-vous ?",
        "do": ["Prenez une douche ce soir et demain matin.", "Organisez votre retour avec un adulte."],
        "dont": ["Ne fumez pas.", "Ne mettez pas de vernis ni de bijoux."],
        "bring": ["Pièce d’identité, carte Vitale", "Ordonnances et résultats d’examens"],
        "pain": "Avez-vous mal en ce moment ?",
        "low": "pas de douleur",
        "high": "la pire douleur possible",
        "wound": "Comment est votre pansement ?",
        "options": ["Propre et sec", "Un peu taché", "Mouillé de sang"],
        "none": "Rien de cela",
        "temperature": "Quelle est votre température ?",
        "since": "Depuis quel jour ?",
        "comment": "Voulez-vous ajouter quelque chose ?",
        "help": "Pensez à la douleur quand vous bougez.",
        "reason": "Douleur 8/10",
        "silent": "Pas de réponse : le message n’a pas été ouvert",
        "normal": ["Une douleur supportable", "Un peu de fatigue", "Un bleu autour de la plaie"],
        "worry": ["Vous saignez", "Vous avez plus de 38,5 °C", "Vous ne pouvez pas uriner"],
        "event": "Répondu",
        "texted": "Bonjour, puis-je prendre une douche avec le pansement ?",
        "to_read": "SMS du patient, à lire",
        "unit": "Chirurgie ambulatoire",
    },
    "en": {
        "operation": "Inguinal hernia",
        "before": "Prepare for your visit",
        "after": "How are you today?",
        "intro": "Read what to do, then tell us whether you will come.",
        "coming": "Will you come?",
        "do": ["Take a shower tonight and tomorrow morning.", "Organise your way home with an adult."],
        "dont": ["Do not smoke.", "Do not wear nail varnish or jewellery."],
        "bring": ["Identity card, insurance card", "Prescriptions and test results"],
        "pain": "Are you in pain at this moment?",
        "low": "no pain",
        "high": "the worst pain possible",
        "wound": "How is your dressing?",
        "options": ["Clean and dry", "A little stained", "Soaked with blood"],
        "none": "None of these",
        "temperature": "What is your temperature?",
        "since": "Since which day?",
        "comment": "Would you like to add anything?",
        "help": "Think of the pain when you move.",
        "reason": "Pain 8/10",
        "silent": "No answer: the message was not opened",
        "normal": ["A pain that you can bear", "Feeling a little tired", "A bruise around the wound"],
        "worry": ["You bleed", "You have more than 38.5 °C", "You cannot pass urine"],
        "event": "Answered",
        "texted": "Hello, may I take a shower with the dressing on?",
        "to_read": "Text message from the patient, to be read",
        "unit": "Day surgery",
    },
}
Page = tuple[str, dict[str, Any]]


@cache
def pages(lang: str) -> dict[str, Page]:
    """Name of the state → template and context."""
    return {**_patient(lang), **_problems(lang), **_staff(lang)}


def _frame(lang: str) -> dict[str, Any]:
    return {
        "languages": [("fr", "Français", "?lang=fr"), ("en", "English", "?lang=en")],
        "unit": {
            "id": "UCA",
            "name": TEXTS[lang]["unit"],
            "hospital": "Hôpital Démo",
            "phone": "+33199000010",
            "phone_shown": "01 99 00 00 10",
            "emergency_number": "15",
        },
        "csrf": "csrf-of-the-session",
    }


def _patient(lang: str) -> dict[str, Page]:
    words, frame = TEXTS[lang], _frame(lang)
    times = {
        "arrival": ARRIVAL,
        "until": {
            "solids": ARRIVAL - timedelta(hours=6),
            "clear_fluids": ARRIVAL - timedelta(hours=2),
        },
    }
    before = frame | {"step": {"key": "before", "title": words["before"]}, "times": times, "zone": ZONE}
    after = frame | {"step": {"key": "after", "title": words["after"]}, "times": times, "zone": ZONE}
    entry = frame | {"csrf": "", "error": "", "tries_left": 5, "day": "", "month": "", "year": ""}
    typed = {"day": "27", "month": "3", "year": "1956"}
    home = frame | {"cancelled": False, "over": False}
    told = before | {
        "intro": words["intro"],
        "do": words["do"],
        "dont": words["dont"],
        "bring": words["bring"],
        "question": {"kind": "boolean", "text": words["coming"], "value": ""},
        "error": "",
        "done": False,
    }
    done = {
        "urgent": False,
        "emergency": False,
        "advice": [],
        "normal_today": [],
        "when_to_worry": [],
        "phase": "before",
        "again_at": None,
    }
    next_day = {
        "phase": "after",
        "normal_today": words["normal"],
        "when_to_worry": words["worry"],
    }
    return {
        "entry": ("patient/link_entry.html.jinja", entry),
        "entry-wrong": ("patient/link_entry.html.jinja", entry | typed | {"error": "wrong", "tries_left": 3}),
        "entry-last": ("patient/link_entry.html.jinja", entry | typed | {"error": "wrong", "tries_left": 1}),
        "entry-incomplete": ("patient/link_entry.html.jinja", entry | {"error": "incomplete"}),
        "entry-locked": ("patient/link_entry.html.jinja", entry | {"error": "locked", "tries_left": 0}),
        "home-nothing": ("patient/home.html.jinja", home),
        "home-cancelled": ("patient/home.html.jinja", home | {"cancelled": True}),
        "home-over": ("patient/home.html.jinja", home | {"over": True}),
        "home-task": (
            "patient/home.html.jinja",
            home | {"task": {"title": words["after"], "href": "/my/after", "questions": 9}},
        ),
        "instructions": ("patient/instructions.html.jinja", told),
        "instructions-error": ("patient/instructions.html.jinja", told | {"error": "required"}),
        "instructions-read": ("patient/instructions.html.jinja", told | {"done": True}),
        **_questions(lang, after),
        "urgent": (
            "patient/urgent.html.jinja",
            after | {"advice": [ADVICE[lang]], "emergency": False, "continue_to": "/my/after/q/wound"},
        ),
        "urgent-emergency": (
            "patient/urgent.html.jinja",
            after | {"advice": [ADVICE[lang]], "emergency": True, "continue_to": "/my/after/q/wound"},
        ),
        "check": (
            "patient/check_answers.html.jinja",
            after | {"rows": _rows(lang), "back": "/my/after/q/x", "told": words["normal"][:1]},
        ),
        "done-before": ("patient/done.html.jinja", before | done),
        "done-after": ("patient/done.html.jinja", after | done | next_day),
        "done-advice": ("patient/done.html.jinja", after | done | next_day | {"advice": [ADVICE[lang]]}),
        "done-urgent": (
            "patient/done.html.jinja",
            after | done | next_day | {"advice": [ADVICE[lang]], "urgent": True},
        ),
    }


def _rows(lang: str) -> list[dict[str, str]]:
    words = TEXTS[lang]
    return [
        {"question": words["pain"], "answer": "8", "change": "/my/after/q/pain?change=1"},
        {"question": words["wound"], "answer": words["options"][0], "change": "/my/after/q/wound?change=1"},
        {"question": words["comment"], "answer": "", "change": "/my/after/q/comment?change=1"},
    ]


def _questions(lang: str, after: dict[str, Any]) -> dict[str, Page]:
    words = TEXTS[lang]
    options = [{"code": str(n), "text": text, "alone": False} for n, text in enumerate(words["options"])]
    plain = {
        "link_id": "x",
        "help": "",
        "heading": "",
        "options": [],
        "decimals": 0,
        "unit": "",
        "minimum": 0,
        "maximum": 10,
        "low": words["low"],
        "high": words["high"],
        "required": True,
        "value": "",
    }
    of_kind = {
        "scale": plain | {"kind": "scale", "text": words["pain"], "help": words["help"]},
        "boolean": plain | {"kind": "boolean", "text": words["coming"]},
        "choice": plain
        | {
            "kind": "choice",
            "text": words["wound"],
            "options": options,
        },
        "multiple": plain
        | {
            "kind": "multiple",
            "text": words["wound"],
            "heading": words["after"],
            "options": [*options, {"code": "none", "text": words["none"], "alone": True}],
            "value": ("0", "none"),
        },
        "number": plain
        | {
            "kind": "number",
            "text": words["temperature"],
            "minimum": 33,
            "maximum": 43.5,
            "decimals": 1,
            "unit": "°C",
            "value": "60",
        },
        "date": plain | {"kind": "date", "text": words["since"]},
        "text": plain | {"kind": "text", "text": words["comment"], "required": False},
    }
    place = {"number": 2, "total": 9, "back": "/my/after/q/first"}
    made: dict[str, Page] = {}
    for kind, question in of_kind.items():
        for error in ("", {"text": "long", "multiple": "together", "number": "range"}.get(kind, "required")):
            name = f"question-{kind}{'-error' if error else ''}"
            told = words["normal"][:1] if kind == "number" else []
            context = after | place | {"question": question, "error": error, "told": told}
            made[name] = ("patient/question.html.jinja", context)
    answered = (
        after | place | {"question": of_kind["scale"] | {"value": "7"}, "error": "", "back": None, "told": []}
    )
    return made | {"question-scale-answered": ("patient/question.html.jinja", answered)}


def _problems(lang: str) -> dict[str, Page]:
    languages = {"languages": _frame(lang)["languages"]}
    of_patient = ("session_over", "closed", "bad_request", "link_unknown", "left", "unexpected", "not_found")
    of_staff = ("not_found", "forbidden", "unexpected", "busy", "alert_closed")
    listed = [("patient", reason) for reason in of_patient] + [("staff", reason) for reason in of_staff]
    made = {
        f"problem-{kind}-{reason}": ("problem.html.jinja", languages | {"kind": kind, "reason": reason})
        for kind, reason in listed
    }
    known = languages | {"kind": "patient", "reason": "closed", "unit": _frame(lang)["unit"]}
    return made | {"problem-of-unit": ("problem.html.jinja", known)}


def _staff(lang: str) -> dict[str, Page]:
    languages = {"languages": _frame(lang)["languages"]}
    empty = _worklist(lang) | {"rows": [], "total": 0}
    return {
        "sign-in": ("staff/sign_in.html.jinja", languages | {"sign_in_url": "/elsewhere"}),
        "sign-in-none": ("staff/sign_in.html.jinja", languages | {"sign_in_url": ""}),
        "worklist": ("staff/worklist.html.jinja", _worklist(lang)),
        "worklist-filtered": (
            "staff/worklist.html.jinja",
            _worklist(lang, rows=12) | {"filtered": True, "day": DAY - timedelta(days=1)},
        ),
        "worklist-empty": ("staff/worklist.html.jinja", empty),
        "worklist-no-match": ("staff/worklist.html.jinja", empty | {"filtered": True}),
        "episode": ("staff/episode.html.jinja", _episode(lang)),
        "episode-error": ("staff/episode.html.jinja", _episode(lang) | {"error": "note"}),
        "episode-new": ("staff/episode.html.jinja", _episode(lang) | NOTHING_YET),
        **_console(lang),
        **_operations(lang),
        **_editor(lang),
        **_simulation(lang),
        **_pathways(lang),
    }


EDITOR_PAGES = {
    "time": "/time",
    "step": "/step?step=after",
    "question": "/question?step=after&item=pain",
    "question-choice": "/question?step=after&item=drinking",
    "rule": "/rule?step=after&item=pain_rising",
    "told": "/told?step=before",
    "messages": "/messages?step=after",
    "words": "/words?step=before",
    "words-missing": "/words?step=after&only=missing",
    "about": "/about",
    "expected": "/expected",
    "scores": "/scores?step=after",
    "check": "/check",
    "remove": "/remove?step=after&item=pain",
}


@cache
def _editor(lang: str) -> dict[str, Page]:
    """The editor's pages, as its views make them: a draft with mistakes, and somebody who may only read."""
    desk = Desk(language=lang).begin()
    desk.fill("/scores?step=after", do="add", new="Confort")
    desk.fill("/messages?step=after", invite="{unit}: " + "ça va? " * 20 + "{link}")
    desk.fill("/step?step=after", silent="11:00")
    wrong = {"silent": ("clock", "25:99"), "day": ("number", "")}
    languages = {"languages": _frame(lang)["languages"]}
    made = {name: desk.context(path) | languages for name, path in EDITOR_PAGES.items()}
    reading = desk.colleague("nurse-2").context("/step?step=after") | languages
    conflict = {"kept": {"text": "<b>"}, "mine": False, "problems": {}}
    return {
        f"editor-{name}": (f"staff/editor/{name.partition('-')[0]}.html.jinja", context)
        for name, context in made.items()
    } | {
        "editor-read": ("staff/editor/step.html.jinja", reading),
        "editor-wrong": ("staff/editor/step.html.jinja", made["step"] | {"problems": wrong}),
        "editor-conflict": ("staff/editor/conflict.html.jinja", made["step"] | conflict),
        "editor-conflict-own": ("staff/editor/conflict.html.jinja", made["step"] | conflict | {"mine": True}),
    }


@cache
def _simulation(lang: str) -> dict[str, Page]:
    """A draft beside the version in force, and a daily pathway of the catalogue alone."""
    desk = Desk(language=lang).begin()
    desk.fill("/rule?step=after&item=pain_severe", **{"when.0.value": "6"})
    languages = {"languages": _frame(lang)["languages"]}
    own = f"{desk.version.code}/{desk.version.number}"
    return {
        "simulate-draft": ("staff/simulate.html.jinja", desk.simulation(own) | languages),
        "simulate-daily": ("staff/simulate.html.jinja", desk.simulation("bariatric/1") | languages),
    }


@cache
def _pathways(lang: str) -> dict[str, Page]:
    """The pages around a pathway's versions: a published one, a draft with mistakes, people to offer it to."""
    hospital = Hospital()
    for number in range(3):
        who = pid(f"90{number}", name=f"DEMO-00{number}^Patient")
        hospital.send(booking(f"b{number}", f"1120 080{number}", "1126 0900", who=who))
    shelf = Shelf(language=lang, world=hospital.world)
    none = shelf.context("/team/pathways?only=own")
    catalogue, mine = "/team/pathways/inguinal-hernia/1", "/team/pathways/inguinal-hernia.demo/1"
    shelf.post(f"{catalogue}/copy")
    draft = shelf.context(mine)
    shelf.change(title={"fr": "Notre hernie", "en": "Our hernia"}, licence="")
    wrong = shelf.context(mine)
    compared = shelf.context(f"{mine}/compare")
    shelf.change(licence="CC-BY-4.0", follow_up_days=40)
    shelf.post(f"{mine}/review", translator="Traductrice Démo", clinician="Chirurgien Démo")
    made = {"reviewed": shelf.context(mine), "publish": shelf.context(f"{mine}/publish")}
    shelf.post(f"{mine}/publish")
    shelf.post(f"{mine}/copy")
    pages_of = {
        "list": "/team/pathways",
        "published": f"{mine}?done=published",
        "catalogue": catalogue,
        "sheet": f"{mine}/sheet",
        "sheet-child": "/team/pathways/tonsillectomy-child/1/sheet",
        "compare-other": f"{mine}/compare?with=cataract|1",
        "compare-none": "/team/pathways/cataract/1/compare",
        "retire": f"{mine}/retire",
        "put-away": "/team/pathways/inguinal-hernia.demo/2/retire",
        "running": f"{mine}/running?over=1",
    }
    made |= {name: shelf.context(path) for name, path in pages_of.items()}
    made |= {"list-own-none": none, "draft": draft, "wrong": wrong, "compare": compared}
    running, of = made["running"]
    stays = [row | {"left": "contact"} for row in of["ready"]]
    made["running-left"] = (running, of | {"ready": [], "left": stays, "over": None})
    made["running-nobody"] = (running, of | {"ready": [], "left": [], "over": None})
    made["names-wrong"] = (draft[0], draft[1] | {"problem": "names"})
    languages = {"languages": _frame(lang)["languages"]}
    return {f"pathways-{name}": (template, one | languages) for name, (template, one) in made.items()}


def _console(lang: str) -> dict[str, Page]:
    who = _signed_in(lang) | {"member": {"name": "Admin Démo", "role": "administrator"}}
    del who["unit"]
    line = {
        "key": "a.b", "at": NOW, "direction": "in", "control_id": "C1", "type": "ADT^A01",
        "result": "quarantined", "reason": "PID-3.1 is empty: no patient identifier", "episode": None,
        "stored_apart": True,
    }  # fmt: skip
    applied = line | {"result": "applied", "reason": "", "episode": "e", "type": "", "control_id": ""}
    listed = who | {
        "rows": [line, applied, line | {"direction": "out", "result": "delivered"}],
        "older": "/team/hl7?before=x", "by_number": False, "way": "in", "day": DAY, "previous": "/a", "next": "/b",
        "type": "ADT", "result": "quarantined", "results": ("applied", "quarantined"), "most": 50,
        "queues": [
            {"name": name, "waiting": n, "in_hand": n, "oldest_seconds": 600 * n if n else None}
            for n, name in enumerate(("in", "in_dead", "out", "out_dead"))
        ],
        "quarantined": 50, "replayed": 3, "left": 1, "redriven": None,
    }  # fmt: skip
    shown = who | {
        "line": line, "size": 500_000, "charset": "cp1252", "unreadable": "", "text": "MSH|^~\\&|A\nPID|1||7",
        "segments": [("PID", [("PID-3.1", "Patient identifier list: Id number", "7"), ("ZZZ-1", "", "x")])],
        "conformance": ["PV1-2: required (Patient class)"], "siblings": [applied],
    }  # fmt: skip
    tried = {"kind": "Movement", "reason": "", "facts": [("what", "admitted")], "conformance": ["PV1-2: x"]}
    edited = who | {"profile": "{}", "message": "MSH|", "error": "", "saved": False, "tried": tried}
    nothing = {"rows": [], "older": None, "result": "", "replayed": None, "left": None, "redriven": 2}
    return {
        "hl7-messages": ("staff/hl7_messages.html.jinja", listed),
        "hl7-messages-empty": ("staff/hl7_messages.html.jinja", listed | nothing | {"quarantined": 0}),
        "hl7-message": ("staff/hl7_message.html.jinja", shown),
        "hl7-message-unreadable": (
            "staff/hl7_message.html.jinja",
            shown | {"segments": [], "unreadable": "no MSH segment", "conformance": ()},
        ),
        "hl7-profile": ("staff/hl7_profile.html.jinja", edited),
        "hl7-profile-wrong": ("staff/hl7_profile.html.jinja", edited | {"error": "zone: x", "tried": None}),
        "hl7-profile-saved": (
            "staff/hl7_profile.html.jinja",
            edited
            | {"saved": True, "tried": {"kind": "quarantined", "reason": "PID is missing", "facts": []}},
        ),
    }


def _operations(lang: str) -> dict[str, Page]:
    who = _signed_in(lang) | {"member": {"name": "Admin Démo", "role": "operator"}}
    del who["unit"]
    names = ("in", "out", "shards", "wake", "notices", "reports", "receipts", "replies")
    queues = [
        {
            "name": name,
            "waiting": 7 * n,
            "in_hand": n,
            "oldest_seconds": 600 * n or None,
            "dead": n % 2,
            "dead_oldest_seconds": 90_000,
        }
        for n, name in enumerate(names)
    ]
    quiet = [q | {"waiting": 0, "in_hand": 0, "oldest_seconds": None, "dead": 0} for q in queues]
    first = Stumble(
        episode="fcr54gwadekmvq5y6ek64hctsw", item="ROW", attempts=7, first_at=NOW - timedelta(hours=2),
        last_at=NOW, next_at=NOW + timedelta(hours=1), reason="KeyError adapters/catalogue.py:93",
    )  # fmt: skip
    second = replace(
        first, item="NTC#before.1.invite", attempts=2, reason="Conflict application/handle.py:80"
    )
    full = who | {
        "queues": queues,
        "stumbles": (first, second),
        "more": 3,
        "alarming": 4,
        "notices": [(state, 12 * n) for n, state in enumerate(NOTICE_STATUSES)],
        "redriven": 3,
        "hastened": "",
    }
    nothing = {"queues": quiet, "stumbles": (), "more": 0, "redriven": None, "hastened": "no"}
    return {
        "operations": ("staff/operations.html.jinja", full),
        "operations-hastened": ("staff/operations.html.jinja", full | {"redriven": None, "hastened": "yes"}),
        "operations-quiet": (
            "staff/operations.html.jinja",
            full | nothing | {"notices": [(state, 0) for state in NOTICE_STATUSES]},
        ),
    }


def _signed_in(lang: str) -> dict[str, Any]:
    return _frame(lang) | {"member": {"name": "Infirmière Démo 1", "role": "nurse"}, "zone": ZONE, "now": NOW}


STATUSES = (
    *("red",) * 6,
    *("orange",) * 9,
    *("silent",) * 11,
    *("answering", "asked", "opened", "invited", "planned", "in_hospital", "home") * 8,
    *("ready", "well") * 33,
    *("cancelled",) * 2,
)


def _worklist(lang: str, rows: int = 150) -> dict[str, Any]:
    counts = {"red": 6, "orange": 9, "silent": 11, "waiting": 40, "ok": 84}
    contacts = {"J-1": 50, "J0": 48, "J+1": 47, "older": 5}
    return _signed_in(lang) | {
        "units": [{"id": "UCA", "name": TEXTS[lang]["unit"]}, {"id": "UCB", "name": "UCB"}],
        "day": DAY,
        "today": DAY,
        "previous": "/team?unit=UCA&day=2026-11-24",
        "next": "/team?unit=UCA&day=2026-11-26",
        "tiles": [
            {
                "status": s,
                "count": n,
                "href": f"/team?unit=UCA&status={s}",
                "on": s == "silent" and rows < 150,
            }
            for s, n in counts.items()
        ],
        "contacts": [
            {"contact": c, "count": n, "href": f"/team?unit=UCA&contact={c}", "on": False}
            for c, n in contacts.items()
        ],
        "filtered": False,
        "all_href": "/team?unit=UCA",
        "total": 150,
        "rows": [_row(lang, n, status) for n, status in enumerate(STATUSES[:rows])],
    }


def _row(lang: str, number: int, status: str) -> dict[str, Any]:
    words = TEXTS[lang]
    alert = status in {"red", "orange", "silent"}
    reasons = (words["silent"],) if status == "silent" else (words["reason"],)
    waiting = 15 + 41 * number
    return {
        "episode": f"01JDEMO{number:018}",
        "status": status,
        "name": f"DEMO-{number:03} Patient",
        "born": date(1936 + number % 75, 1 + number % 12, 1 + number % 28),
        "age": 90 - number % 75,
        "operation": words["operation"],
        "surgeon": "Dr Démo-Alpha",
        "contact": ("J-1", "J0", "J+1", "older")[number % 4],
        "time": f"{8 + number % 9:02}:{15 * (number % 4):02}",
        "operation_at": ARRIVAL,
        "reasons": reasons if alert else (),
        "more": number % 3 if alert else 0,
        "since": NOW - timedelta(minutes=waiting) if alert else None,
        "waiting_minutes": waiting if alert else None,
        "taken_by": "Infirmière Démo 2" if number % 5 == 1 and alert else "",
        "escalated_to": ("coordinator",) if number % 5 == 2 and alert else (),
        "last_call": "voicemail" if number % 4 == 3 and alert else "",
        "message": ("delivered", "sent", "failed", "")[number % 4],
        "href": f"/team/episodes/01JDEMO{number:018}",
    }


NOTHING_YET: dict[str, Any] = {"alerts": [], "notices": [], "timeline": []}


def _alert(lang: str, number: int, level: str, **more: Any) -> dict[str, Any]:
    raised = NOW - timedelta(minutes=37 * number)
    return {
        "id": f"after-{number}",
        "level": level,
        "open": True,
        "reasons": (TEXTS[lang]["reason"],),
        "text": "",
        "told": [ADVICE[lang]],
        "raised_at": raised,
        "taken_by": "",
        "acknowledged_at": None,
        "resolved_at": None,
        "outcome": "",
        "escalated_to": ("coordinator", "surgeon"),
    } | more


def _episode(lang: str) -> dict[str, Any]:
    words = TEXTS[lang]
    closed = {"open": False, "resolved_at": NOW, "outcome": "reassured", "acknowledged_at": NOW}
    taken = {
        "taken_by": "Infirmière Démo 2",
        "acknowledged_at": NOW,
        "reasons": (words["silent"],),
        "told": [],
    }
    answers = [
        {"question": words["pain"], "full": words["pain"], "answer": "8", "level": "red"},
        {
            "question": words["wound"],
            "full": words["wound"],
            "answer": words["options"][1],
            "level": "orange",
        },
        {"question": words["comment"], "full": words["comment"], "answer": "", "level": ""},
    ]
    released = {"completed_at": None, "opened_at": NOW, "answers": []}
    return _signed_in(lang) | {
        "once": "0123456789abcdef",
        "error": "",
        "episode": {
            "id": "01JDEMO",
            "status": "red",
            "operation": words["operation"],
            "pathway": "inguinal-hernia",
            "pathway_version": 1,
            "operation_at": ARRIVAL,
            "arrival_at": ARRIVAL,
            "surgeon": "Dr Démo-Alpha",
            "closed": False,
        },
        "patient": {
            "name": "DEMO-017 Patient",
            "born": date(1956, 3, 27),
            "age": 70,
            "sex": "F",
            "phone": "+33199000017",
            "email": "patient-017@demo.example",
            "language": lang,
            "stopped": True,
        },
        "alerts": [
            _alert(lang, 1, "red"),
            _alert(lang, 2, "silent", **taken),
            _alert(lang, 4, "orange", text=words["texted"], reasons=(words["to_read"],), told=[]),
            _alert(lang, 3, "orange", **closed),
        ],
        "steps": [
            {"key": "before", "title": words["before"], "status": "released"} | released,
            {"key": "after", "title": words["after"], "status": "completed"}
            | {"completed_at": NOW, "opened_at": NOW, "answers": answers},
        ],
        "notices": [_notice(number, status) for number, status in enumerate(NOTICE_STATUSES)],
        "timeline": _timeline(lang),
        "call_results": ("reached", "no_answer", "voicemail", "wrong_number", "refused", "carer"),
        "outcomes": OUTCOMES,
        "pathways": [
            {"value": f"p{n}|1", "title": title, "own": n == 2, "on": n == 1}
            for n, title in enumerate(("Cataracte", "Hernie inguinale", "Opération de démonstration"))
        ],
    }


OUTCOMES = (
    "reassured",
    "advice",
    "prescription",
    "doctor_told",
    "consultation",
    "emergency",
    "readmitted",
    "cancelled",
)
NOTICE_STATUSES = ("due", "claimed", "sent", "unknown", "delivered", "failed", "cancelled", "expired")


def _notice(number: int, status: str) -> dict[str, Any]:
    return {
        "kind": ("invite", "reminder", "moved", "cancelled")[number % 4],
        "step": "after",
        "channel": ("sms", "email")[number % 2],
        "status": status,
        "at": NOW - timedelta(hours=number),
        "reason": "",
        "attempt": 1,
    }


def _timeline(lang: str) -> list[dict[str, Any]]:
    plain = {"kind": "", "level": "", "detail": "", "by": "", "result": "", "outcome": "", "text": ""}
    by = {"by": "Infirmière Démo 1"}
    moments = [
        by | {"words": "Note", "text": "<script>alert(1)</script> & co"},
        by | {"words": TEXTS[lang]["event"], "result": "reached", "outcome": "advice", "text": "OK"},
        {"words": TEXTS[lang]["reason"], "level": "red", "detail": TEXTS[lang]["after"]},
        {"words": TEXTS[lang]["silent"], "level": "silent"},
        {"words": TEXTS[lang]["event"], "detail": TEXTS[lang]["after"]},
    ]
    return [plain | m | {"at": NOW - timedelta(minutes=13 * n)} for n, m in enumerate(moments)]


def write(target: Path) -> None:
    """Render everything into this folder, with the style sheets beside it."""
    shutil.copytree(STATIC, target / "static", dirs_exist_ok=True)
    shown = Pages(compiled=target / "none")
    for lang in LANGUAGES:
        for name, (template, context) in pages(lang).items():
            html = shown.render(template, lang, **context)
            (target / f"{name}.{lang}.html").write_text(html, "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
