"""The code keeps the shape that design.md gives it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PRODUCT = sorted([ROOT / "app.py", *(ROOT / "chalicelib").rglob("*.py"), *(ROOT / "infra").rglob("*.py")])
TREES = {file: ast.parse(file.read_text("utf-8")) for file in PRODUCT}


def functions(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


class TestTableOfContents:
    def test_app_is_short(self) -> None:
        assert len((ROOT / "app.py").read_text("utf-8").splitlines()) <= 150

    @pytest.mark.parametrize("function", functions(TREES[ROOT / "app.py"]), ids=lambda f: f.name)
    def test_a_handler_is_a_docstring_and_one_call(self, function: ast.FunctionDef) -> None:
        assert ast.get_docstring(function)
        assert len(function.body) == 2

    def test_event_sources_are_declared_here_only(self) -> None:
        """In a blueprint they run without middleware and without a log (platform.md)."""
        decorators = re.compile(
            r"^@\w+\.(schedule|on_sqs_message|on_dynamodb_record|lambda_function)\(", re.MULTILINE
        )
        elsewhere = [f for f in PRODUCT if f.name != "app.py" and decorators.search(f.read_text("utf-8"))]
        assert elsewhere == []


class TestSizes:
    @pytest.mark.parametrize("file", PRODUCT, ids=lambda f: str(f.relative_to(ROOT)))
    def test_a_module_is_one_idea(self, file: Path) -> None:
        assert len(file.read_text("utf-8").splitlines()) <= 300

    @pytest.mark.parametrize("file", PRODUCT, ids=lambda f: str(f.relative_to(ROOT)))
    def test_functions_are_short(self, file: Path) -> None:
        long = [f.name for f in functions(TREES[file]) if (f.end_lineno or 0) - f.lineno + 1 > 50]
        assert long == []


class TestHabits:
    def test_only_settings_reads_the_environment(self) -> None:
        product = [f for f in PRODUCT if "chalicelib" in f.parts or f.name == "app.py"]
        reading = [f.name for f in product if re.search(r"os\.environ|getenv", f.read_text("utf-8"))]
        assert reading == ["settings.py"]

    def test_nothing_is_patched(self) -> None:
        banned = re.compile(r"mock\.patch|monkeypatch\.setattr|unittest\.mock")
        tests = [f for f in (ROOT / "tests").rglob("*.py") if f != Path(__file__)]
        assert [f.name for f in tests if banned.search(f.read_text("utf-8"))] == []

    def test_logs_carry_ids_never_people(self) -> None:
        """What a log line may carry is listed here; a new key is a decision."""
        allowed = {
            "message_id", "records", "failed", "hospital", "key", "result", "shard", "found", "route",
            "method", "refusal", "status", "episode", "id", "attempts",
        }  # fmt: skip
        used: set[str] = set()
        for file, tree in TREES.items():
            if "chalicelib" not in file.parts:
                continue
            for node in ast.walk(tree):
                if isinstance(node, ast.keyword) and node.arg == "extra" and isinstance(node.value, ast.Dict):
                    used |= {k.value for k in node.value.keys if isinstance(k, ast.Constant)}
        assert used <= allowed
