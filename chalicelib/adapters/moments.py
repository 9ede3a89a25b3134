"""Dates and times in words, as patients and nurses of each language read them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.domain.messaging_hours import local

if TYPE_CHECKING:
    import gettext
    from collections.abc import Callable

HOUR = 60
DAY = 24 * HOUR
NIGHT_ENDS = 5
"""Before this hour "Thursday at 1:30" is easily taken for the afternoon: the night is said."""
MIDDAY = 12
NBSP = "\N{NO-BREAK SPACE}"


class Moments(msgspec.Struct, frozen=True):
    """The words of one language. `zone` is the unit's; a plain date needs none."""

    language: str
    words: gettext.NullTranslations

    def day_words(self, at: datetime | date, zone: str = "") -> str:
        """ "Thursday 26 November": never 26/11."""
        return self._date(_day(at, zone), "EEEE d MMMM")

    def dated_words(self, at: datetime, zone: str) -> str:
        """ "26 November 2026", for what is signed."""
        return self._date(_day(at, zone), "d MMMM yyyy")

    def time_words(self, at: datetime, zone: str) -> str:
        """ "7:30 am", "7 h 30"; twelve o'clock by its name."""
        there = local(zone, at)
        if there.minute == 0 and there.hour in {0, MIDDAY}:
            # Two names: no patient should have to know whether 12 am is day or night.
            return self.words.gettext("midday") if there.hour else self.words.gettext("midnight")
        if self.language == "fr":
            return f"{there.hour}{NBSP}h{NBSP}{there.minute:02d}" if there.minute else f"{there.hour}{NBSP}h"
        half = "am" if there.hour < MIDDAY else "pm"
        return f"{there.hour % MIDDAY or MIDDAY}:{there.minute:02d}{NBSP}{half}"

    def when_words(self, at: datetime, zone: str) -> str:
        """ "Thursday 26 November at 7:30 am"; in small hours the night that is meant."""
        there = local(zone, at)
        day, time = there.date(), self.time_words(at, zone)
        if there.hour >= NIGHT_ENDS:
            sentence = self.words.gettext("{day} at {time}")
            return sentence.format(day=self.day_words(day), time=time)
        before = self._date(day - timedelta(days=1), "EEEE d")
        sentence = self.words.gettext("{time}, in the night from {before} to {day}")
        return sentence.format(day=self.day_words(day), time=time, before=before)

    def moment_words(self, at: datetime, zone: str, now: datetime | None = None) -> str:
        """ "Thu 26 Nov, 07:30", for lists and time lines; only the time where it is `now`'s day."""
        there = local(zone, at)
        if now is not None and local(zone, now).date() == there.date():
            return f"{there:%H:%M}"
        return f"{self._date(there.date(), 'EEE d MMM')}, {there:%H:%M}"

    def born_words(self, day: date) -> str:
        """ "26 Nov 1956"."""
        return self._date(day, "d MMM yyyy")

    def duration(self, minutes: int) -> str:
        """How long somebody has been waiting: "45 min", "3 h 05", "2 days"."""
        if minutes < HOUR:
            return f"{minutes}{NBSP}min"
        if minutes < DAY:
            return f"{minutes // HOUR}{NBSP}h{NBSP}{minutes % HOUR:02d}"
        days = minutes // DAY
        return self.words.ngettext("{count} day", "{count} days", days).format(count=days)

    def ago(self, at: datetime, now: datetime) -> str:
        """ "3 min ago"."""
        minutes = int((now - at).total_seconds() // 60)
        if minutes < 1:
            return self.words.gettext("just now")
        return self.words.gettext("{duration} ago").format(duration=self.duration(minutes))

    def _date(self, day: date, pattern: str) -> str:
        # Babel takes 60 ms to import, and the first page that a patient opens shows no date.
        from babel.dates import format_date

        words = format_date(day, pattern, locale=self.language)
        # The first of a month is an ordinal in French, and CLDR's patterns do not know it.
        return words.replace("1 ", "1er ", 1) if day.day == 1 and self.language == "fr" else words


def filters(moments: Moments) -> dict[str, Callable[..., Any]]:
    """The filters that templates have, bound to a language."""
    return {
        "ago": moments.ago,
        "born_words": moments.born_words,
        "dated_words": moments.dated_words,
        "day_words": moments.day_words,
        "duration": moments.duration,
        "moment_words": moments.moment_words,
        "time_words": moments.time_words,
        "when_words": moments.when_words,
    }


def _day(at: datetime | date, zone: str) -> date:
    return local(zone, at).date() if isinstance(at, datetime) else at
