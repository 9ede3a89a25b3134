"""Every door says who may come in, and the deployed template says what each function may do."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from infra.package import merged, package

ROOT = Path(__file__).parent.parent.parent
PUBLIC = {
    ("GET", "/"),
    ("GET", "/health"),
    ("GET", "/static/{name}"),
    ("GET", "/sign-in"),
    ("GET", "/p/{token}"),
    ("POST", "/p/{token}"),
    ("GET", "/p/{token}/stop"),
    ("POST", "/p/{token}/stop"),
    ("GET", "/left"),
}


@pytest.fixture(scope="module")
def sam_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an operator would deploy, but for the dependencies."""
    return package("prod", tmp_path_factory.mktemp("out"), slim=True)


@pytest.fixture(scope="module")
def template(sam_file: Path) -> dict:
    return json.loads(sam_file.read_text())


@pytest.fixture(scope="module")
def functions(template: dict) -> dict:
    kinds = template["Resources"].items()
    return {name: r for name, r in kinds if r["Type"] == "AWS::Serverless::Function"}


class TestRoutes:
    def test_each_names_its_callers(self) -> None:
        from chalicelib.entrypoints import callbacks, inbound, patient, site, team  # noqa: F401 - they register their routes
        from chalicelib.entrypoints.http import ROUTES

        assert {(r.method, r.path) for r in ROUTES if r.allow == "anyone"} == PUBLIC
        assert {(r.method, r.path) for r in ROUTES if r.allow == "provider"} == {
            ("POST", "/callbacks/sms"),
            ("GET", "/callbacks/ovh/{secret}"),
            ("POST", "/callbacks/sms/reply"),
        }
        assert all(r.allow == "staff" for r in ROUTES if r.path.startswith("/team"))
        assert all(r.allow == "patient" for r in ROUTES if r.path.startswith("/my"))

    def test_the_local_doors_are_not_in_the_package(self, template: dict) -> None:
        assert "_local" not in json.dumps(template)
        product = [*(ROOT / "chalicelib").rglob("*.py"), ROOT / "app.py"]
        assert [f.name for f in product if "_local/" in f.read_text("utf-8")] == []


class TestTemplate:
    def test_amazons_own_lint_has_nothing_to_say(self, sam_file: Path) -> None:
        lint = Path(sys.executable).with_name("cfn-lint")
        done = subprocess.run([lint, sam_file], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, "")

    def test_a_failed_message_is_never_lost(self, functions: dict) -> None:
        """Every SQS event source answers for single records."""
        sources = [
            event["Properties"]
            for function in functions.values()
            for event in function["Properties"].get("Events", {}).values()
            if event["Type"] == "SQS"
        ]
        assert len(sources) == 7
        assert all(source["FunctionResponseTypes"] == ["ReportBatchItemFailures"] for source in sources)

    def test_every_queue_has_dead_letters_that_last_longer(self, template: dict) -> None:
        queues = {
            n: r["Properties"] for n, r in template["Resources"].items() if r["Type"] == "AWS::SQS::Queue"
        }
        alarmed = json.dumps(
            [r for r in template["Resources"].values() if r["Type"] == "AWS::CloudWatch::Alarm"]
        )
        for name, queue in queues.items():
            if name.endswith("DeadLetters"):
                assert name in alarmed
                continue
            dead = queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
            assert queue["RedrivePolicy"]["maxReceiveCount"] >= 5
            assert queues[dead]["MessageRetentionPeriod"] > queue["MessageRetentionPeriod"]
            assert queue["VisibilityTimeout"] == {"Ref": "RetrySeconds"}
        assert int(template["Parameters"]["RetrySeconds"]["Default"]) >= 6 * 30

    def test_overrides_name_what_chalice_generates(self, template: dict) -> None:
        """A misspelt override would become a resource of its own, without a type."""
        assert all("Type" in resource for resource in template["Resources"].values())
        own = {n for n, r in merged("prod")["Resources"].items() if "Type" not in r}
        assert own <= set(template["Resources"])

    def test_each_function_has_a_role_of_its_own(self, functions: dict) -> None:
        roles = [json.dumps(f["Properties"]["Role"]) for f in functions.values()]
        assert len(set(roles)) == len(roles) == 9

    def test_no_role_scans(self) -> None:
        policies = [file.read_text() for file in (ROOT / ".chalice").glob("policy-*.json")]
        assert len(policies) == 9
        assert not any(re.search(r"dynamodb:(Scan|\*|PartiQL)", policy) for policy in policies)

    def test_what_is_local_stays_local(self, functions: dict) -> None:
        for function in functions.values():
            variables = function["Properties"]["Environment"]["Variables"]
            assert variables["VIGIE_STAGE"] == "prod"
            assert "CLOCK" not in variables
            assert "INSECURE_COOKIES" not in variables

    def test_the_path_count_stays_far_below_the_limit(self, template: dict) -> None:
        assert len(template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"]) < 150


class TestPackage:
    @pytest.mark.slow
    def test_two_builds_are_the_same_byte_for_byte(self, tmp_path: Path) -> None:
        for name in ("one", "two"):
            package("prod", tmp_path / name, slim=True)
        one, two = ((tmp_path / name / "deployment.zip").read_bytes() for name in ("one", "two"))
        assert one == two
