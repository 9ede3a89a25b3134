"""Changes to what a step asks, and to the rules over it: the document before, the document after."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from chalicelib.domain.editing import moved, named, swapped, with_step
from chalicelib.domain.pathway import Pathway, Step
from chalicelib.domain.questionnaire import Coding, Kind, Option, Question, Questionnaire, Score
from chalicelib.domain.rules import Compare, Rule, Words, questions_in

OWN_CODES = "OWN-"


class Uses(msgspec.Struct, frozen=True):
    """What looks at a question: it would no longer know what to do without it."""

    rules: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    """Questions that are asked because of its answer."""
    scores: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether anything does."""
        return bool(self.rules or self.branches or self.scores)


def uses(step: Step, link_id: str) -> Uses:
    """The rules, questions and scores of the step that look at this question."""
    return Uses(
        rules=tuple(rule.key for rule in step.rules if link_id in questions_in(rule.when)),
        branches=tuple(
            q.link_id
            for q in step.questionnaire.questions
            if q.show_when is not None and link_id in questions_in(q.show_when)
        ),
        scores=tuple(score.key for score in step.questionnaire.scores if link_id in score.of),
    )


def blank(text: Words, kind: Kind, taken: Iterable[str]) -> Question:
    """A question that nobody has asked before, with a code of the team's own."""
    said = next((words for words in text.values() if words), "")
    link_id = named(said, set(taken), "question")
    code = OWN_CODES + link_id.upper().replace("_", "-")
    options = tuple(Option(str(n), dict.fromkeys(text, "")) for n in (1, 2)) if has_options(kind) else ()
    return Question(link_id, kind, text, Coding("L", code, said), short=text, options=options)


def has_options(kind: Kind) -> bool:
    """Whether the answers to such a question are chosen from a list."""
    return kind in {"choice", "multiple"}


def add_question(pathway: Pathway, key: str, question: Question) -> tuple[Pathway, str]:
    """One more question at the end, before a closing free text; and its link id."""
    step = pathway.step(key)
    asked = step.questionnaire.questions
    link_id = question.link_id
    if link_id in names_in(step):
        link_id = named(link_id, names_in(step))
    last = len(asked) - 1 if asked and asked[-1].kind == "text" else len(asked)
    made = replace(question, link_id=link_id)
    return with_questions(pathway, key, (*asked[:last], made, *asked[last:])), link_id


def change_question(pathway: Pathway, key: str, question: Question) -> Pathway:
    """The question with the same link id, changed: rules and branches go on looking at it."""
    asked = pathway.step(key).questionnaire.questions
    at = _place(asked, question.link_id)
    return with_questions(pathway, key, swapped(asked, at, question))


def move_question(pathway: Pathway, key: str, link_id: str, by: int) -> Pathway:
    """The question so many places later."""
    asked = pathway.step(key).questionnaire.questions
    return with_questions(pathway, key, moved(asked, _place(asked, link_id), by))


def duplicate_question(pathway: Pathway, key: str, link_id: str) -> tuple[Pathway, str]:
    """The same question once more behind the first; and the copy's link id."""
    step = pathway.step(key)
    asked = step.questionnaire.questions
    at = _place(asked, link_id)
    copy = replace(asked[at], link_id=named(link_id, names_in(step)))
    return with_questions(pathway, key, (*asked[: at + 1], copy, *asked[at + 1 :])), copy.link_id


def remove_question(pathway: Pathway, key: str, link_id: str, *, with_uses: bool) -> Pathway:
    """Without the question; `with_uses`: also without the rules over it, and asking without its branches.

    Where they are kept, the lint says that they look at something that is not asked.
    """
    step = pathway.step(key)
    left = tuple(q for q in step.questionnaire.questions if q.link_id != link_id)
    if not with_uses:
        return with_questions(pathway, key, left)
    used = uses(step, link_id)
    questions = tuple(replace(q, show_when=None) if q.link_id in used.branches else q for q in left)
    scores = tuple(_without(score, link_id) for score in step.questionnaire.scores)
    questionnaire = replace(
        step.questionnaire, questions=questions, scores=tuple(score for score in scores if score.of)
    )
    rules = tuple(_not_again(rule, link_id) for rule in step.rules if rule.key not in used.rules)
    return with_step(pathway, key, lambda old: replace(old, questionnaire=questionnaire, rules=rules))


def with_questions(pathway: Pathway, key: str, questions: tuple[Question, ...]) -> Pathway:
    """The step asks these."""
    return with_step(
        pathway,
        key,
        lambda step: replace(step, questionnaire=replace(step.questionnaire, questions=questions)),
    )


def with_questionnaire(pathway: Pathway, key: str, questionnaire: Questionnaire) -> Pathway:
    """The step asks this and nothing else. Its rules stay; the lint says what they no longer find."""
    return with_step(pathway, key, lambda step: replace(step, questionnaire=questionnaire))


def with_scores(pathway: Pathway, key: str, scores: tuple[Score, ...]) -> Pathway:
    """The step adds these up."""
    return with_step(
        pathway, key, lambda step: replace(step, questionnaire=replace(step.questionnaire, scores=scores))
    )


def names_in(step: Step) -> set[str]:
    """Every link id and every key of a score: no two may be the same."""
    questionnaire = step.questionnaire
    return {q.link_id for q in questionnaire.questions} | {score.key for score in questionnaire.scores}


def with_rules(pathway: Pathway, key: str, rules: tuple[Rule, ...]) -> Pathway:
    """The step raises alerts by these rules."""
    return with_step(pathway, key, lambda step: replace(step, rules=rules))


def add_rule(pathway: Pathway, key: str, about: str, language: str) -> tuple[Pathway, str]:
    """An orange rule over one question, to be completed; and its key."""
    step = pathway.step(key)
    question = step.questionnaire.question(about)
    rule_key = named(about, {rule.key for rule in step.rules})
    short = question.short.get(language) or about
    words = dict.fromkeys(step.title, "") | {language: f"{short}: {{{about}}}"}
    made = Rule(
        key=rule_key,
        level="orange",
        when=likely(question),
        reason=words,
        advice=dict.fromkeys(words, ""),
        source="",
    )
    return with_rules(pathway, key, (*step.rules, made)), rule_key


def likely(question: Question) -> Compare:
    """A comparison to begin with: the answer that is furthest from the harmless one."""
    if question.kind == "boolean":
        return Compare(question.link_id, "eq", value=False)
    if question.options:
        return Compare(question.link_id, "eq", question.options[-1].code)
    return Compare(question.link_id, "ge", question.maximum)


def change_rule(pathway: Pathway, key: str, rule: Rule) -> Pathway:
    """The rule with the same key, changed."""
    rules = pathway.step(key).rules
    return with_rules(pathway, key, swapped(rules, rule_place(rules, rule.key), rule))


def duplicate_rule(pathway: Pathway, key: str, rule_key: str) -> tuple[Pathway, str]:
    """The same rule once more; and the copy's key."""
    rules = pathway.step(key).rules
    at = rule_place(rules, rule_key)
    copy = replace(rules[at], key=named(rule_key, {rule.key for rule in rules}))
    return with_rules(pathway, key, (*rules[: at + 1], copy, *rules[at + 1 :])), copy.key


def rule_place(rules: tuple[Rule, ...], key: str) -> int:
    """Where the rule stands; behind the last when there is none."""
    return next((at for at, rule in enumerate(rules) if rule.key == key), len(rules))


def library(pathways: Iterable[Pathway]) -> dict[str, Question]:
    """Every coded question of these pathways by its code, ready to be asked elsewhere."""
    found: dict[str, Question] = {}
    for pathway in pathways:
        for step in pathway.steps:
            for question in step.questionnaire.questions:
                found.setdefault(question.coding.code, replace(question, show_when=None, heading=None))
    return found


def _place(questions: tuple[Question, ...], link_id: str) -> int:
    return next((at for at, q in enumerate(questions) if q.link_id == link_id), len(questions))


def _without(score: Score, link_id: str) -> Score:
    return replace(score, of=tuple(name for name in score.of if name != link_id))


def _not_again(rule: Rule, link_id: str) -> Rule:
    if rule.ask_again is None or link_id not in rule.ask_again.questions:
        return rule
    left = tuple(name for name in rule.ask_again.questions if name != link_id)
    return replace(rule, ask_again=replace(rule.ask_again, questions=left) if left else None)
