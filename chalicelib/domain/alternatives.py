"""Conditions as the rule builder shows them: lines joined by "and" or "or", where "and" binds first."""

from __future__ import annotations

from itertools import product
from typing import assert_never

from chalicelib.domain.rules import All, AnyOf, Change, Compare, Condition

Part = Compare | Change
Alternatives = tuple[tuple[Part, ...], ...]
"""Holds when every part of at least one alternative holds."""


def alternatives(condition: Condition | None) -> Alternatives:
    """The same condition, flat. No condition has no alternatives."""
    match condition:
        case None:
            return ()
        case Compare() | Change():
            return ((condition,),)
        case AnyOf(of):
            return tuple(one for part in of for one in alternatives(part))
        case All(of):
            chosen = product(*(alternatives(part) for part in of))
            return tuple(tuple(part for one in together for part in one) for together in chosen)
        case _:
            assert_never(condition)


def condition_of(flat: Alternatives) -> Condition | None:
    """The condition that these alternatives mean; None where nothing is asked."""
    made = [parts[0] if len(parts) == 1 else All(parts) for parts in flat if parts]
    if not made:
        return None
    return made[0] if len(made) == 1 else AnyOf(tuple(made))


def changed(condition: Condition | None, flat: Alternatives) -> Condition | None:
    """The condition after somebody has edited its lines; untouched lines leave it as it was written."""
    return condition if alternatives(condition) == flat else condition_of(flat)
