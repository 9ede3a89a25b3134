"""Refusals. The tree:

DomainError
├── EpisodeClosed        the follow-up is cancelled or ended
├── NotBooked            nothing is known yet of this episode
├── UnknownStep          the pathway has no such step, or it was not released
├── IncompleteResponse   required questions are missing
├── StepsDiffer          another pathway lacks a contact that has begun
├── InvalidAnswer        an answer does not fit its question
└── UnknownAlert         no such alert, or it is closed
"""


class DomainError(Exception):
    """A command that cannot be carried out; its text states the fact."""


class EpisodeClosed(DomainError):
    """The follow-up is cancelled or ended: nothing more may change."""


class NotBooked(DomainError):
    """Nothing is known yet of this episode."""


class UnknownStep(DomainError):
    """The pathway has no such step, or it has not been released."""


class StepsDiffer(DomainError):
    """A follow-up cannot go over to a pathway that lacks a contact which has begun."""


class IncompleteResponse(DomainError):
    """A response was handed in while required questions are missing.

    `missing` holds their link ids, in the order in which they are asked.
    """

    def __init__(self, missing: tuple[str, ...]) -> None:
        """Keep what is missing, so that the page can lead back to it."""
        super().__init__(f"questions without an answer: {', '.join(missing)}")
        self.missing = missing


class InvalidAnswer(DomainError):
    """An answer does not fit its question; `reason` is a code: required, unknown, range, long."""

    def __init__(self, link_id: str, reason: str) -> None:
        """Keep the question and the reason apart, never the answer itself."""
        super().__init__(f"answer to {link_id}: {reason}")
        self.link_id = link_id
        self.reason = reason


class UnknownAlert(DomainError):
    """No such alert in this episode, or it is already closed."""
