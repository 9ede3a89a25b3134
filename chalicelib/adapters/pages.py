"""Pages: Jinja templates with gettext words, and style sheets whose names hold their hash."""

from __future__ import annotations

import gettext
import json
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import (
    BaseLoader,
    ChainableUndefined,
    Environment,
    FileSystemLoader,
    ModuleLoader,
    PackageLoader,
    StrictUndefined,
    Template,
    Undefined,
)
from jinja2.meta import find_referenced_templates

from chalicelib.adapters import moments
from chalicelib.domain.explain import number_in_words

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from datetime import datetime

HERE = Path(__file__).parent.parent
TEMPLATES, COMPILED = HERE / "templates", HERE / "templates_compiled"
LOCALES, STATIC = HERE / "locales", HERE / "static"
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
THEIRS = "nhsuk/"
"""Where nhsuk-frontend's templates begin; all others are ours."""
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ps", "ur"})


class Pages:
    """Every page in every language. One environment for each language, made when first needed."""

    def __init__(self, compiled: Path = COMPILED) -> None:
        """Nothing is read before the first page. `compiled` is where packaging puts templates."""
        self._of_language = cache(lambda language: _environment(language, compiled))

    def render(self, template: str, language: str, **context: object) -> str:
        """A page. The template's first lines say what it wants to be given, and it wants all of it."""
        environment: Environment = self._of_language(language)
        return environment.get_template(template).render(**context)

    def words(self, message: str, language: str) -> str:
        """One sentence of ours in this language."""
        return translation(language).gettext(message)

    def time_words(self, at: datetime, zone: str, language: str) -> str:
        """A clock time as the pages write it, for texts that are made elsewhere."""
        return moments.Moments(language, translation(language)).time_words(at, zone)

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


class OwnEnvironment(Environment):
    """Ours are strict: a name that nobody gave is a bug. nhsuk's read parameters that nobody gave."""

    theirs: Environment

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - Jinja's own name
    ) -> Template:
        """A template of ours, or of nhsuk in its lenient environment."""
        if isinstance(name, str) and name.startswith(THEIRS):
            return self.theirs.get_template(name, parent, globals)
        return super().get_template(name, parent, globals)


def _environment(language: str, compiled: Path | None) -> OwnEnvironment:
    if compiled is not None and compiled.is_dir():
        made = _environments(ModuleLoader(compiled), ModuleLoader(compiled))
    else:
        made = _environments(FileSystemLoader(TEMPLATES), PackageLoader("nhsuk_frontend_jinja"))
    words = translation(language)
    made.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    made.filters |= moments.filters(moments.Moments(language, words)) | {
        "phone_words": phone_words,
        "number_words": lambda number: number_in_words(number, language),
    }
    made.globals |= {
        "lang": language,
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "asset": _asset,
    }
    return made


def _environments(ours: BaseLoader, theirs: BaseLoader) -> OwnEnvironment:
    made = OwnEnvironment(**_options(ours, StrictUndefined), extensions=["jinja2.ext.i18n"])
    made.theirs = Environment(**_options(theirs, ChainableUndefined))  # noqa: S701 - it is on, below
    return made


def _options(loader: BaseLoader, undefined: type[Undefined]) -> dict[str, Any]:
    # Autoescape is on for every template, whatever its name ends in.
    return {
        "loader": loader,
        "undefined": undefined,
        "autoescape": True,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "auto_reload": False,
    }


def phone_words(number: str) -> str:
    """A number as people of its country read it aloud; as it stands where we do not know how."""
    if number.startswith("+33") and len(number) == len("+33199000010"):
        number = "0" + number.removeprefix("+33")
        return " ".join(number[at : at + 2] for at in range(0, len(number), 2))
    return number


def _asset(name: str) -> str:
    return f"/static/{manifest()[name]}"


def compile_templates(target: Path) -> None:
    """Compile our templates and those of nhsuk that they reach, so that a cold start need not."""
    made = _environment("en", None)
    wanted = _reached(made)
    for environment in (made, made.theirs):
        environment.compile_templates(
            str(target), zip=None, ignore_errors=False, filter_func=wanted.__contains__
        )


def _reached(made: OwnEnvironment) -> set[str]:
    """Our templates, and everything that they import, include or extend."""
    found: set[str] = set()
    todo = made.list_templates()
    while todo:
        name = todo.pop()
        environment = made.theirs if name.startswith(THEIRS) else made
        if name in found or environment.loader is None:
            continue
        found.add(name)
        source = environment.loader.get_source(environment, name)[0]
        todo += [other for other in find_referenced_templates(environment.parse(source)) if other]
    return found


def main(arguments: list[str]) -> None:
    """`python -m chalicelib.adapters.pages compile DIR`."""
    compile_templates(Path(arguments[1]))


if __name__ == "__main__":
    main(sys.argv[1:])
