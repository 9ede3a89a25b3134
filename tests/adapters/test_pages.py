"""Every page in every state and language: words, forms, safety, weight."""

from __future__ import annotations

import gzip
import hashlib
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from jinja2 import UndefinedError

from chalicelib.adapters.moments import Moments
from chalicelib.adapters.pages import HERE, LOCALES, STATIC, Pages, compile_templates, manifest, translation
from tests.adapters.page_samples import LANGUAGES, NOW, ZONE, pages

ROOT = HERE.parent
SHOWN = Pages(compiled=Path("nowhere"))
ALL = [(lang, name) for lang in LANGUAGES for name in pages(lang)]
NHSUK_DEFAULTS = (
    "Error:",
    "Skip to main content",
    "Urgent advice",
    "Immediate action required",
    "Non-urgent advice",
    "do not",
    "Back",
    "Important",
    "Information:",
    "Success",
    "Previous page",
    "Next page",
    "homepage",
    "Search",
    "Support links",
    "NHS",
)
"""What nhsuk's macros say when nobody tells them otherwise."""
KB = 1000


def render(lang, name):
    template, context = pages(lang)[name]
    return SHOWN.render(template, lang, **context)


def words_of(html):
    """What a person sees or hears of a page, but for what is typed into it, cited, or said to be English."""
    typed = r"<textarea.*?</textarea>|<cite.*?</cite>|<span [^>]*lang=\"en\"[^>]*>.*?</span>"
    html = re.sub(typed, "", html, flags=re.DOTALL)
    html = re.sub(r"\{\w+\}", "", html)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html.partition("<title>")[2])).split())


def weight(text):
    return len(gzip.compress(text.encode(), 9, mtime=0))


def sheet(name):
    return (STATIC / manifest()[name]).read_text("utf-8")


@pytest.mark.parametrize(("lang", "name"), ALL)
def test_a_page_is_whole_and_has_nothing_inline(lang, name):
    html = render(lang, name)
    assert html.startswith("<!DOCTYPE html>")
    assert html.rstrip().endswith("</html>")
    assert f'lang="{lang}" dir="ltr"' in html
    assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son\w+=|javascript:", html)
    assert html.count("<h1") == 1
    assert html.count("<title>") == 1
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("lang", "name"), ALL)
def test_every_form_that_changes_something_carries_the_token(lang, name):
    html = render(lang, name)
    for form in re.findall(r"<form.*?</form>", html, re.DOTALL):
        assert ('method="post"' in form) == ('name="csrf"' in form)
        assert 'method="post"' in form or 'method="get"' in form


@pytest.mark.parametrize(("lang", "name"), ALL)
def test_labels_lead_to_their_fields(lang, name):
    html = render(lang, name)
    ids = set(re.findall(r'\sid="([^"]+)"', html))
    assert set(re.findall(r'\sfor="([^"]+)"', html)) <= ids
    assert {
        part for value in re.findall(r'aria-describedby="([^"]+)"', html) for part in value.split()
    } <= ids
    assert set(re.findall(r'href="#([^"]+)"', html)) <= ids


@pytest.mark.parametrize("name", pages("fr"))
def test_a_french_page_is_all_french(name):
    shown = words_of(render("fr", name)).replace("English", "")
    english = {m.id for m in catalogue() if isinstance(m.id, str) and m.id and not {"%", "{"} & set(m.id)}
    told = {text for text in english if translation("fr").gettext(text) != text}
    suspects = [text for text in told | set(NHSUK_DEFAULTS) if text in shown]
    assert [t for t in suspects if re.search(rf"(?<!\w){re.escape(t)}(?!\w)", shown)] == []


@pytest.mark.parametrize(
    "name", [name for name in pages("en") if pages("en")[name][0].startswith("patient/")]
)
def test_a_patients_page_says_who_reads_and_that_it_is_not_for_emergencies(name):
    shown = words_of(render("en", name))
    assert "not for emergencies. In an emergency, call 15." in shown
    assert "nurses of the unit read your answers in the unit's opening hours" in shown
    assert 'href="tel:+33199000010"' in render("en", name)


def test_the_first_page_says_nothing_of_anybody():
    html = render("fr", "entry")
    assert "1956" not in html.replace("27 3 1956", "")
    assert "/my/leave" not in html


def test_a_text_of_a_person_is_only_text():
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; co" in render("fr", "episode")


def test_a_page_that_was_not_given_everything_is_a_bug():
    template, context = pages("fr")["question-scale"]
    less = {name: value for name, value in context.items() if name != "total"}
    with pytest.raises(UndefinedError, match="total"):
        SHOWN.render(template, "fr", **less)


def test_no_template_switches_escaping_off():
    for file in (HERE / "templates").rglob("*.jinja"):
        assert not re.search(r"\|\s*safe|autoescape", file.read_text("utf-8")), file


# Words


def catalogue():
    return read_po(BytesIO((LOCALES / "fr" / "LC_MESSAGES" / "vigie.po").read_bytes()), locale="fr")


def extracted():
    with (ROOT / "assets" / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
    found = extract_from_dir(HERE, methods, options, keywords=keywords)
    return {message if isinstance(message, str) else tuple(message[:2]) for _, _, message, _, _ in found}


def test_every_sentence_is_translated():
    known = {m.id if isinstance(m.id, str) else tuple(m.id): m for m in catalogue() if m.id}
    assert extracted() - set(known) == set()
    for message in known.values():
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        assert all(strings), message.id
        assert not message.fuzzy
        given = set(re.findall(r"%\(\w+\)s|\{\w+\}", str(message.id)))
        assert all(set(re.findall(r"%\(\w+\)s|\{\w+\}", s)) <= given for s in strings), message.id


def test_the_compiled_words_are_those_of_the_catalogue():
    with (LOCALES / "fr" / "LC_MESSAGES" / "vigie.mo").open("rb") as file:
        compiled = read_mo(file)
    assert pairs(compiled) == pairs(catalogue())


def pairs(words):
    return {tuple([m.id] if isinstance(m.id, str) else m.id): list(m.string) for m in words if m.id}


# Times


@pytest.mark.parametrize(
    ("hour", "minute", "french", "english"),
    [
        (7, 30, "7 h 30", "7:30 am"),
        (12, 0, "midi", "midday"),
        (0, 0, "minuit", "midnight"),
        (0, 15, "0 h 15", "12:15 am"),
        (13, 0, "13 h", "1:00 pm"),
    ],
)
def test_clock_times(hour, minute, french, english):
    at = datetime(2026, 11, 26, hour, minute, tzinfo=UTC)
    assert moments("fr").time_words(at, "UTC").replace("\xa0", " ") == french
    assert moments("en").time_words(at, "UTC").replace("\xa0", " ") == english


def test_days_are_said_in_words_and_in_the_units_own_time():
    late = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    assert moments("fr").day_words(late, ZONE) == "mardi 1er décembre"
    assert moments("en").day_words(date(2026, 11, 26)) == "Thursday 26 November"
    assert moments("en").moment_words(late, ZONE) == "Tue 1 Dec, 00:30"
    assert moments("en").moment_words(late, ZONE, late + timedelta(hours=1)) == "00:30"
    assert moments("fr").dated_words(late, ZONE) == "1er décembre 2026"
    assert moments("fr").born_words(date(1956, 3, 27)) == "27 mars 1956"


def test_a_time_at_night_says_which_night():
    at = datetime(2026, 11, 26, 0, 30, tzinfo=UTC)
    said = moments("fr").when_words(at, ZONE).replace("\xa0", " ")
    assert said == "1 h 30, dans la nuit du mercredi 25 au jeudi 26 novembre"
    morning = moments("en").when_words(at + timedelta(hours=6), ZONE).replace("\xa0", " ")
    assert morning == "Thursday 26 November at 7:30 am"


@pytest.mark.parametrize(
    ("minutes", "french"),
    [
        (0, "à l’instant"),
        (45, "il y a 45 min"),
        (185, "il y a 3 h 05"),
        (1500, "il y a 1 jour"),
        (3000, "il y a 2 jours"),
    ],
)
def test_how_long_ago(minutes, french):
    assert moments("fr").ago(NOW - timedelta(minutes=minutes), NOW).replace("\xa0", " ") == french


def moments(lang):
    return Moments(lang, translation(lang))


# Files and weight


def test_files_are_named_after_what_they_hold():
    for name, hashed in manifest().items():
        stem, kind = name.split(".")
        content = (STATIC / hashed).read_bytes()
        assert hashed == f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{kind}"
    assert {f.name for f in STATIC.iterdir()} == {*manifest().values(), "manifest.json"}


def test_only_files_of_the_manifest_are_served():
    assert SHOWN.static_file(manifest()["icon.svg"])[1] == "image/svg+xml"
    assert SHOWN.static_file("manifest.json") is None
    assert SHOWN.static_file("../settings.py") is None


@pytest.mark.parametrize("name", ["patient.css", "staff.css"])
def test_style_sheets_load_nothing_and_carry_no_brand_of_others(name):
    text = sheet(name).lower()
    for banned in ("url(", "@import", "@font-face", "frutiger", "#005eb8"):
        assert banned not in text
    assert "font-family:-apple-system" in text


def test_patients_pages_weigh_little():
    css = weight(sheet("patient.css"))
    assert css <= 10 * KB
    for name, (template, _) in pages("fr").items():
        if template.startswith("patient/"):
            assert weight(render("fr", name)) + css <= 14 * KB, name


def test_a_worklist_of_150_weighs_little():
    assert render("fr", "worklist").count("<tr") == 151
    assert weight(sheet("staff.css")) <= 35 * KB
    assert weight(render("fr", "worklist")) + weight(sheet("staff.css")) <= 75 * KB


def test_compiled_templates_show_the_same(tmp_path):
    compile_templates(tmp_path)
    compiled = Pages(compiled=tmp_path)
    for name, (template, context) in pages("fr").items():
        assert compiled.render(template, "fr", **context) == render("fr", name), name
