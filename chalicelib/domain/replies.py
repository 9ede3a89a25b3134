"""What a patient's text message means: an exact word, a number, or something that a person has to read.

Nothing is guessed. Words count only where they are the whole message (STOP also where it comes first), in
every language that patients write in, whatever their own: somebody may answer in another one.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

import msgspec

from chalicelib.domain.episode.state import StepState
from chalicelib.domain.explain import NO, YES, in_language
from chalicelib.domain.findings import N_, Finding, found_in
from chalicelib.domain.pathway import Step
from chalicelib.domain.questionnaire import Question
from chalicelib.domain.rules import Answer

Meaning = Literal["stop", "start", "help", "yes", "no", "thanks", "number", "other"]
COMING = "coming"
"""The question that "OK" and "NO" answer the day before, where a contact asks it."""
MOST_QUESTIONS, MOST_OPTIONS = 3, 4
"""What can be asked by text message without a page."""
ASKS = "{unit}: {question} Répondez {choices}. Tel {phone}"
"""The longest of the wordings that ask by text message (catalogue/texts/sms.json; tested)."""

WORDS: dict[Meaning, dict[str, str]] = {
    "stop": {
        "fr": "stop, arret, arreter, arretez, stop sms, stop svp, stop merci, arret sms, desabonner",
        "en": "stop, stop please, stop all, stopall, unsubscribe, opt out, optout",
        "es": "parar, pare, baja",
        "it": "basta, fermare, disiscrivimi",
        "pt": "sair, parar",
        "de": "stopp, abmelden, abbestellen",
        "nl": "afmelden, stoppen",
        "tr": "dur, durdur",
        "ro": "opreste, opriti, dezabonare",
        "ar": "قف, توقف, ايقاف, اوقف",
    },
    "start": {
        "fr": "reprise, reprendre, reprise sms, redemarrer",
        "en": "start, restart, unstop, resume",
        "es": "reanudar",
        "pt": "retomar",
        "de": "fortsetzen",
        "nl": "hervatten",
        "it": "riprendere",
        "tr": "baslat",
        "ro": "reluare",
        "ar": "استيناف",
    },
    "help": {
        "fr": "aide, aidez moi, a l aide",
        "en": "help, help me, info",
        "es": "ayuda",
        "pt": "ajuda",
        "de": "hilfe",
        "nl": "hulp",
        "it": "aiuto",
        "tr": "yardim",
        "ro": "ajutor",
        "ar": "مساعدة, النجدة",
    },
    "yes": {
        "fr": "ok, okay, oui, d accord, daccord, c est bon, c est ok, entendu, je confirme, je viens",
        "en": "yes, y, yep, yeah, sure, confirmed, i confirm, i will come",
        "es": "si, vale, confirmo",
        "pt": "sim",
        "de": "ja, einverstanden",
        "it": "va bene, confermo",
        "tr": "evet, tamam",
        "ro": "da",
        "ar": "نعم, موافق, حسنا, اوكي",
    },
    "no": {
        "fr": "non, je ne viens pas, je ne viendrai pas",
        "en": "no, nope, i am not coming, i will not come",
        "pt": "nao",
        "de": "nein",
        "nl": "nee",
        "tr": "hayir",
        "ro": "nu",
        "ar": "لا, كلا",
    },
    "thanks": {
        "fr": "merci, merci beaucoup, merci bien, bien recu, recu",
        "en": "thanks, thank you, thank you very much, many thanks, thx",
        "es": "gracias, muchas gracias",
        "pt": "obrigado, obrigada",
        "de": "danke, vielen dank",
        "nl": "bedankt, dank u",
        "it": "grazie",
        "tr": "tesekkurler, tesekkur ederim",
        "ro": "multumesc",
        "ar": "شكرا",
    },
}
"""By meaning and language: whole messages, as `plain` writes them. None has two meanings (tested)."""

MEANINGS: dict[str, Meaning] = {
    said: meaning
    for meaning, languages in WORDS.items()
    for words in languages.values()
    for said in words.split(", ")
}
FIRST = frozenset({"stop", "stopp", "unsubscribe", "قف"})
"""STOP also counts where more follows: "STOP I have had enough". Not "arrêt": also sick leave."""
THANKS = tuple(f" {said}" for said, meaning in MEANINGS.items() if meaning == "thanks")
_NUMBER = re.compile(r"[\s\"'«»“”.!]*(\d{1,3})(?:\s*/\s*10)?[\s\"'«»“”.!]*")


class Said(msgspec.Struct, frozen=True):
    """A message as it was understood. `words`: all of it, as `plain` writes it."""

    meaning: Meaning
    words: str
    number: int = -1
    is_more: bool = False
    """More follows the STOP: somebody has to read it."""


def plain(text: str) -> str:
    """Small letters without accents, punctuation, quotes and pictures, one space between words."""
    text = text.replace("👍", " ok ").replace("ı", "i")
    apart = unicodedata.normalize("NFKD", text.casefold())
    kept = ("" if unicodedata.combining(sign) or sign == "ـ" else sign for sign in apart)
    return " ".join("".join(sign if sign.isalnum() else " " for sign in "".join(kept)).split())


def read(text: str) -> Said:
    """What the message says."""
    words = plain(text)
    if found := _NUMBER.fullmatch(text):
        return Said("number", words, int(found[1]))
    if meaning := MEANINGS.get(words):
        return Said(meaning, words)
    if words.partition(" ")[0] in FIRST:
        return Said("stop", words, is_more=True)
    polite = next((words.removesuffix(end) for end in THANKS if words.endswith(end)), words)
    if (meaning := MEANINGS.get(polite)) in {"yes", "no"}:
        return Said(meaning, polite)
    return Said("other", words)


def asked(step: Step, now: StepState) -> Question | None:
    """The question that a text message answers now; None where the answers are given on the page."""
    questions = {question.link_id: question for question in step.questionnaire.questions}
    if step.by_sms:
        return questions.get(now.question) or step.questionnaire.questions[0]
    coming = questions.get(COMING)
    return coming if step.phase == "before" and coming and coming.kind == "boolean" else None


def answer_to(question: Question, said: Said) -> Answer | None:
    """The answer that the message gives to this question; None where it gives none."""
    match question.kind:
        case "boolean" if said.meaning in {"yes", "no"}:
            return said.meaning == "yes"
        case "boolean":
            return {1: True, 2: False}.get(said.number)
        case "scale":
            return said.number if question.minimum <= said.number <= question.maximum else None
        case _:
            return _option(question, said)


def _option(question: Question, said: Said) -> str | None:
    for number, option in enumerate(question.options, start=1):
        if said.number == number or said.words in map(plain, option.text.values()):
            return option.code
    return None


def choices(question: Question, language: str) -> str:
    """How the question can be answered: "1 yes, 2 no" or "0-10"."""
    if question.kind == "scale":
        return f"{question.minimum}-{question.maximum}"
    offered = (YES, NO) if question.kind == "boolean" else tuple(o.text for o in question.options)
    return ", ".join(
        f"{number} {in_language(words, language)}" for number, words in enumerate(offered, start=1)
    )


def asking(question: Question, language: str, wording: str = ASKS) -> str:
    """The text message that asks the question; the unit and its number are not filled in."""
    words = in_language(question.text, language)
    return wording.replace("{question}", words).replace("{choices}", choices(question, language))


def fits(step: Step) -> bool:
    """Whether a contact is short enough to be answered by text message alone."""
    questions = step.questionnaire.questions
    return (
        step.instructions is None
        and 1 <= len(questions) <= MOST_QUESTIONS
        and all(q.kind in {"boolean", "scale", "choice"} for q in questions)
        and all(len(q.options) <= MOST_OPTIONS for q in questions)
    )


def too_long(step: Step) -> tuple[Finding, ...]:
    """What the lint says of a contact that is to be answered by text message and cannot be."""
    if not step.by_sms or fits(step):
        return ()
    words = N_("by text message: at most {questions} questions, each yes or no, a scale or {options} options")
    most = {"questions": MOST_QUESTIONS, "options": MOST_OPTIONS}
    return (found_in("too_long_for_texts", step.key, words, **most),)
