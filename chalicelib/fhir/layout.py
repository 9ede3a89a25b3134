"""JSON that people can compare line by line, and read without scrolling for ever."""

from __future__ import annotations

import json
from typing import Any

WIDTH = 120
ONE_FACT = ("url", "extension", "system", "question", "value")
"""How an object begins that says one thing: an extension, a translation, a code, a comparison, an answer."""


def laid_out(value: Any, indent: int = 0) -> str:
    """What is short, or one fact, stands on one line; all else one member a line. Keys keep their order."""
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + indent <= WIDTH or not isinstance(value, (dict, list)) or _is_one_fact(value):
        return line
    within = " " * (indent + 1)
    if isinstance(value, list):
        members = [within + laid_out(one, indent + 1) for one in value]
    else:
        members = [f"{within}{json.dumps(key)}: {laid_out(one, indent + 1)}" for key, one in value.items()]
    start, end = "[]" if isinstance(value, list) else "{}"
    return start + "\n" + ",\n".join(members) + "\n" + " " * indent + end


def _is_one_fact(value: dict[str, Any] | list[Any]) -> bool:
    return isinstance(value, dict) and next(iter(value), "").startswith(ONE_FACT)
