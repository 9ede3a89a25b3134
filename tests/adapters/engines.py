"""Three engines that speak DynamoDB, each started when a test first asks for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
import yaml
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters import tenancy
from tests.running import ROOT, free_port

JARS = ROOT / ".local" / "dynamodb-local"
POM = ROOT / "tests" / "dynamodb_local" / "pom.xml"


@contextmanager
def running(name: str, folder: Path) -> Iterator[str | None]:
    """The endpoint of an engine; None for moto, which answers in this process."""
    if name == "moto":
        from moto import mock_aws

        with mock_aws():
            yield None
        return
    port = free_port()
    command, environment = _ministack(port, folder) if name == "ministack" else _dynamodb_local(port)
    process = subprocess.Popen(
        command, env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        endpoint = f"http://127.0.0.1:{port}"
        _wait(endpoint, process)
        yield endpoint
    finally:
        process.terminate()
        process.wait(30)


def make_tables(endpoint: str | None, prefix: str = "") -> dict[str, str]:
    """The tables as infra/resources.yaml declares them: their names by their logical ids."""
    client = boto3.client("dynamodb", endpoint_url=endpoint, region_name="eu-west-3")
    client.meta.events.unregister("before-parameter-build.dynamodb", tenancy.check)
    resources = yaml.safe_load((ROOT / "infra" / "resources.yaml").read_text("utf-8"))["Resources"]
    kept = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    tables = {name: prefix + name for name in ("CareTable", "CatalogueTable", "AccessTable")}
    for logical, name in tables.items():
        declared = resources[logical]["Properties"]
        client.create_table(TableName=name, **{key: declared[key] for key in kept if key in declared})
    return tables


def _ministack(port: int, folder: Path) -> tuple[list[str], dict[str, str]]:
    ours = {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "TMPDIR": str(folder),
    }
    return [sys.executable, "-m", "ministack"], dict(os.environ) | ours


def _dynamodb_local(port: int) -> tuple[list[str], dict[str, str]]:
    if shutil.which("java") is None or shutil.which("mvn") is None:
        pytest.skip("DynamoDB Local needs Java and Maven on this machine")
    if not JARS.is_dir():
        fetch = [
            "mvn",
            "-q",
            "-B",
            "-f",
            str(POM),
            "dependency:copy-dependencies",
            f"-DoutputDirectory={JARS}",
        ]
        done = subprocess.run(fetch, capture_output=True, text=True, check=False)
        if done.returncode:
            shutil.rmtree(JARS, ignore_errors=True)
            pytest.skip(f"Maven could not fetch DynamoDB Local: {done.stdout[-200:]}")
    main = "com.amazonaws.services.dynamodbv2.local.main.ServerRunner"
    options = [f"-Djava.library.path={JARS}", "-DDDB_LOCAL_TELEMETRY=0", "-cp", f"{JARS}/*"]
    command = ["java", *options, main, "-inMemory", "-port", str(port), "-disableTelemetry"]
    return command, dict(os.environ)


def _wait(endpoint: str, process: subprocess.Popen[bytes]) -> None:
    client = boto3.client("dynamodb", endpoint_url=endpoint, region_name="eu-west-3")
    client.meta.events.unregister("before-parameter-build.dynamodb", tenancy.check)
    deadline = time.monotonic() + 60
    while True:
        try:
            client.list_tables()
        except (BotoCoreError, ClientError):
            assert process.poll() is None, "the engine has ended"
            assert time.monotonic() < deadline, "the engine does not answer"
            time.sleep(0.2)
        else:
            return
