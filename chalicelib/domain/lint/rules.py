"""Rules: each can hold, none contradicts another, and no answer that matters is left without one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, groupby, product

from chalicelib.domain.findings import N_, Finding, found_in
from chalicelib.domain.lint.values import Values, can_hold, combinations_of, values_of
from chalicelib.domain.pathway import Step
from chalicelib.domain.questionnaire import Question
from chalicelib.domain.rules import Answer, Change, Compare, Rule, holds, parts_of, questions_in

QUIET, SOMETHING, ORANGE, RED = range(4)
"""How loud an answer is; SOMETHING: only together with other answers."""
_CALL = {"fr": "ppelez", "en": "all "}


def rules(step: Step, languages: tuple[str, ...]) -> Iterator[Finding]:
    """The rules of one contact."""
    values, sound = values_of(step), []
    for rule in step.rules:
        where = f"{step.key}.{rule.key}"
        found = list(_decidable(step, rule, where, values))
        sound += [] if found else [rule]
        yield from found
        yield from _ask_again(step, rule, where)
        for language in languages:
            if rule.level == "red" and _CALL.get(language, "") not in rule.advice.get(language, ""):
                words = N_("red, and no word in {language} on whom to call")
                yield found_in("no_instruction", where, words, language=language)
    yield from _overlaps(step, sound, values)
    yield from _implied(step, sound, values)
    yield from _consequences(step, sound, values)


def _decidable(step: Step, rule: Rule, where: str, values: Values) -> Iterator[Finding]:
    unknown = [name for name in questions_in(rule.when) if name not in values]
    if unknown:
        words = N_("looks at {names}, which is not asked")
        yield found_in("unknown_question", where, words, names=", ".join(unknown))
    elif not can_hold(step, rule.when, values):
        yield Finding("undecidable", where, N_("no answers can make this rule true"))


def _ask_again(step: Step, rule: Rule, where: str) -> Iterator[Finding]:
    if rule.ask_again is None:
        return
    known = {question.link_id for question in step.questionnaire.questions}
    if unknown := [name for name in rule.ask_again.questions if name not in known]:
        words = N_("asks {names} again, which is not asked")
        yield found_in("unknown_question", where, words, names=", ".join(unknown))
    elif not set(rule.ask_again.questions) & set(questions_in(rule.when)):
        yield Finding("ask_again", where, N_("nothing that this rule looks at is asked again"))
    if rule.ask_again.after_minutes <= 0:
        yield Finding("ask_again", where, N_("asked again at once, before the advice can help"))


def _overlaps(step: Step, rules: list[Rule], values: Values) -> Iterator[Finding]:
    """Two rules over one and the same question that both hold for one of its answers."""
    by_question: dict[str, list[Rule]] = {}
    for rule in rules:
        names = questions_in(rule.when)
        if len(names) == 1 and not _compares_earlier(rule):
            by_question.setdefault(names[0], []).append(rule)
    for name, about in by_question.items():
        for one, other in combinations(about, 2):
            both = [v for v in values[name] if holds(one.when, {name: v}) and holds(other.when, {name: v})]
            if both:
                words = N_("both {one} and {other} hold for {name} = {value}")
                where = f"{step.key}.{other.key}"
                yield found_in(
                    "overlap", where, words, one=one.key, other=other.key, name=name, value=both[0]
                )


def _implied(step: Step, rules: list[Rule], values: Values) -> Iterator[Finding]:
    """An orange rule over several questions that never holds without a red one: it says nothing.

    The other way round is how a combination is made more urgent: fever orange, fever with pain red.
    """
    told = [(rule, questions_in(rule.when)) for rule in rules if not _compares_earlier(rule)]
    oranges = [(rule, names) for rule, names in told if rule.level == "orange" and len(names) > 1]
    reds = [(rule, names) for rule, names in told if rule.level == "red"]
    for (orange, names), (red, others) in product(oranges, reds):
        found = combinations_of(names, values) if set(others) <= set(names) else None
        if found and all(holds(red.when, answers) for answers in found if holds(orange.when, answers)):
            words = N_("whenever {orange} holds, {red} holds too: it never says anything new")
            yield found_in("overlap", f"{step.key}.{orange.key}", words, orange=orange.key, red=red.key)


def _compares_earlier(rule: Rule) -> bool:
    """What depends on earlier answers cannot be told from these alone."""
    return any(isinstance(part, Change) for part in parts_of(rule.when))


def _consequences(step: Step, rules: list[Rule], values: Values) -> Iterator[Finding]:
    asked = step.questionnaire.questions
    steering = {name for q in asked if q.show_when is not None for name in questions_in(q.show_when)}
    summed = {name for score in step.questionnaire.scores for name in score.of}
    looked_at = {name for rule in rules for name in questions_in(rule.when)}
    for question in asked:
        name, where = question.link_id, f"{step.key}.{question.link_id}"
        if name in looked_at:
            yield from _gaps(where, question, values[name], rules)
        elif name not in steering | summed and question.kind not in {"text", "display", "date"}:
            yield Finding("no_consequence", where, N_("whatever is answered, nothing follows"))


def _gaps(
    where: str, question: Question, answers: tuple[Answer, ...], rules: list[Rule]
) -> Iterator[Finding]:
    """Answers that nothing follows from though others on both sides, or all before, call a nurse."""
    about = [rule for rule in rules if question.link_id in questions_in(rule.when)]
    told = [_told(about, question, answer) for answer in answers]
    loudness = [max(levels.values(), default=QUIET) for levels in told]
    runs = [list(run) for _, run in groupby(range(len(answers)), key=lambda place: bool(told[place]))]
    quiet = [run for run in runs if not told[run[0]]]
    has_order = question.kind in {"scale", "number"}
    usual = max(quiet, key=len, default=[]) if has_order else next(iter(quiet), [])
    for run in quiet:
        deliberate = not has_order and run[-1] + 1 < len(told) and told[run[0] - 1].keys() & told[run[-1] + 1]
        if run is not usual and question.kind != "multiple" and not deliberate:
            words = N_("nothing follows from {values}, though its neighbours call a nurse")
            said = ", ".join(str(answers[place]) for place in run)
            yield found_in("gap" if has_order else "skipped_option", where, words, values=said)
    if has_order and usual:
        yield from _milder(where, answers, loudness, usual)


def _told(rules: list[Rule], question: Question, value: Answer) -> dict[str, int]:
    """The rules that this answer makes hold, or would with the right other answers, and how loud they are."""
    found = {}
    for rule in rules:
        parts = parts_of(rule.when)
        about = [part for part in parts if part.question == question.link_id]
        compared = [part for part in about if isinstance(part, Compare)]
        if about and all(holds(part, {question.link_id: value}) for part in compared):
            loud = RED if rule.level == "red" else ORANGE
            found[rule.key] = loud if len(compared) == len(parts) else SOMETHING
    return found


def _milder(
    where: str, answers: tuple[Answer, ...], loudness: list[int], usual: list[int]
) -> Iterator[Finding]:
    """Away from what is usual it can only get worse."""
    outwards = (range(usual[-1] + 1, len(answers)), range(usual[0] - 1, -1, -1))
    for places in outwards:
        loudest = QUIET
        for place in places:
            if ORANGE <= loudness[place] < loudest:
                words = N_("{value} is milder than the answers before it")
                yield found_in("contradiction", where, words, value=answers[place])
            loudest = max(loudest, loudness[place])
