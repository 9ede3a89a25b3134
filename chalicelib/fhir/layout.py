"""JSON that people can compare line by line, and read without scrolling for ever."""

from __future__ import annotations

import json
from typing import Any

WIDTH = 120


def laid_out(value: Any, indent: int = 0) -> str:
    """What fits on a line stands on one; what does not, one member a line. Keys keep their order."""
    short = json.dumps(value, ensure_ascii=False)
    if len(short) + indent <= WIDTH or not isinstance(value, (dict, list)) or not value:
        return short
    within = " " * (indent + 1)
    if isinstance(value, list):
        members = [within + laid_out(one, indent + 1) for one in value]
    else:
        members = [f"{within}{json.dumps(key)}: {laid_out(one, indent + 1)}" for key, one in value.items()]
    start, end = "[]" if isinstance(value, list) else "{}"
    return start + "\n" + ",\n".join(members) + "\n" + " " * indent + end
