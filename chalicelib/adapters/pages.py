"""Pages: Jinja templates with gettext words, local dates in words, and style sheets with hashed names."""

from __future__ import annotations

import gettext
import json
import sys
from datetime import date, datetime
from functools import cache
from pathlib import Path

from babel.dates import format_date, format_time
from jinja2 import (
    BaseLoader,
    ChainableUndefined,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    ModuleLoader,
    PackageLoader,
    pass_context,
)
from jinja2.runtime import Context

from chalicelib.domain.messaging_hours import local

HERE = Path(__file__).parent.parent
TEMPLATES, COMPILED = HERE / "templates", HERE / "templates_compiled"
LOCALES, STATIC = HERE / "locales", HERE / "static"
KINDS = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
NHSUK_PAGES = {"nhsuk/template.jinja", "nhsuk/template-with-imports.jinja"}
"""Whole pages with the NHS's own header: never ours."""
HOUR = 60
DAY = 24 * HOUR


class Pages:
    """Every page in every language. One environment for each language, made when first needed."""

    def __init__(self) -> None:
        """Nothing is read before the first page."""
        self._of_language = cache(_environment)

    def render(self, template: str, language: str, **context: object) -> str:
        """A page; `context` is what the view made for it."""
        return self._of_language(language).get_template(template).render(lang=language, **context)

    def words(self, message: str, language: str) -> str:
        """One sentence of ours in this language."""
        return translation(language).gettext(message)

    def static_file(self, name: str) -> tuple[str, str] | None:
        """A file of the manifest with its content type; None for any other name."""
        if name not in manifest().values():
            return None
        file = STATIC / name
        return file.read_text("utf-8"), KINDS[file.suffix]


@cache
def translation(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; English is the language of the templates themselves."""
    return gettext.translation("vigie", LOCALES, [language], fallback=True)


@cache
def manifest() -> dict[str, str]:
    """Name → name with hash, as `make assets` wrote it."""
    found: dict[str, str] = json.loads((STATIC / "manifest.json").read_text("utf-8"))
    return found


def _loader() -> BaseLoader:
    if COMPILED.is_dir():
        return ModuleLoader(COMPILED)
    return _source_loader()


def _environment(language: str, loader: BaseLoader | None = None) -> Environment:
    # Autoescape is on for every template, whatever its name ends in.
    environment = Environment(
        loader=loader or _loader(),
        autoescape=True,
        undefined=ChainableUndefined,  # nhsuk's macros read parameters that nobody gave
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.install_gettext_translations(translation(language), newstyle=True)  # type: ignore[attr-defined]
    environment.filters |= {
        "day_words": _day_words,
        "time_words": _time_words,
        "moment_words": _moment_words,
        "born_words": _born_words,
        "duration": _duration,
    }
    environment.globals["asset"] = _asset
    return environment


def _asset(name: str) -> str:
    return f"/static/{manifest()[name]}"


@pass_context
def _day_words(context: Context, at: datetime | date, zone: str = "") -> str:
    """ "jeudi 26 novembre": weekday, day and month in words, never 26/11."""
    day = local(zone, at).date() if isinstance(at, datetime) else at
    return format_date(day, "EEEE d MMMM", locale=context["lang"])


@pass_context
def _time_words(context: Context, at: datetime, zone: str) -> str:
    """ "07:30" as the language writes it."""
    there = local(zone, at)
    if context["lang"] == "fr":
        return f"{there.hour} h {there.minute:02d}" if there.minute else f"{there.hour} h"
    return format_time(there.time(), "h:mm a", locale="en").lower()


@pass_context
def _moment_words(context: Context, at: datetime, zone: str) -> str:
    """A short day and a time, for lists and time lines: "jeu. 26 nov., 07:30"."""
    there = local(zone, at)
    day = format_date(there.date(), "EEE d MMM", locale=context["lang"])
    return f"{day}, {there:%H:%M}"


@pass_context
def _born_words(context: Context, day: date) -> str:
    return format_date(day, "d MMM yyyy", locale=context["lang"])


@pass_context
def _duration(context: Context, minutes: int) -> str:
    """How long somebody has been waiting: "45 min", "3 h 05", "2 j"."""
    if minutes < HOUR:
        return f"{minutes} min"
    if minutes < DAY:
        return f"{minutes // HOUR} h {minutes % HOUR:02d}"
    return f"{minutes // DAY} {'j' if context['lang'] == 'fr' else 'd'}"


def compile_templates(target: Path) -> None:
    """Compile every template, ours and nhsuk's, so that a cold start need not."""
    environment = _environment("en", loader=_source_loader())
    environment.compile_templates(str(target), zip=None, ignore_errors=False, filter_func=_is_template)


def _source_loader() -> BaseLoader:
    return ChoiceLoader([FileSystemLoader(TEMPLATES), PackageLoader("nhsuk_frontend_jinja")])


def _is_template(name: str) -> bool:
    return name.endswith(".jinja") and name not in NHSUK_PAGES


def main(arguments: list[str]) -> None:
    """`python -m chalicelib.adapters.pages compile DIR`."""
    compile_templates(Path(arguments[1]))


if __name__ == "__main__":
    main(sys.argv[1:])
