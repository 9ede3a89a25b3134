"""Deploy the real template to the emulator, with IAM enforced."""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.local.emulator import REGION, Emulator
from infra.package import package

STACK = "vigie-local"
BUCKET = "vigie-local-packages"
SECONDS = 120
AT_ONCE = 2
"""Batches of one queue that the emulator works on at once: each more is a process that has to start."""


class NotDeployed(Exception):
    """CloudFormation has refused the stack; the text holds its reasons."""


def deploy(emulator: Emulator, out: Path, parameters: dict[str, str]) -> dict[str, str]:
    """Package, upload, create or update the stack; returns its outputs and the API's id as `Api`."""
    template = json.loads(package("local", out, slim=True).read_text("utf-8"))
    key = _upload(emulator, out / "deployment.zip")
    expanded = expand(template, key)
    body = json.dumps(expanded)
    url = _upload_template(emulator, body)
    _apply(emulator, url, parameters)
    outputs = _outputs(emulator)
    return outputs | {"Api": _api(emulator)}


def expand(template: dict[str, Any], key: str) -> dict[str, Any]:
    """The template without SAM, as CloudFormation takes it, with the code in the bucket."""
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": BUCKET, "Key": key}
    expanded: dict[str, Any] = Translator({}, Parser()).translate(template, {})
    for resource in expanded["Resources"].values():
        if resource["Type"] == "AWS::Lambda::EventSourceMapping":
            resource["Properties"]["ScalingConfig"] = {"MaximumConcurrency": AT_ONCE}
    return expanded


def _upload(emulator: Emulator, file: Path) -> str:
    content = file.read_bytes()
    key = f"{hashlib.sha256(content).hexdigest()}.zip"
    s3 = emulator.client("s3")
    try:
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
            raise
    s3.put_object(Bucket=BUCKET, Key=key, Body=content)
    return key


def _upload_template(emulator: Emulator, body: str) -> str:
    emulator.client("s3").put_object(Bucket=BUCKET, Key="template.json", Body=body.encode())
    return f"{emulator.endpoint}/{BUCKET}/template.json"


def _apply(emulator: Emulator, url: str, parameters: dict[str, str]) -> None:
    cloudformation = emulator.client("cloudformation")
    asked = {
        "StackName": STACK,
        "TemplateURL": url,
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
    }
    try:
        cloudformation.describe_stacks(StackName=STACK)
    except ClientError:
        cloudformation.create_stack(**asked)
    else:
        try:
            cloudformation.update_stack(**asked)
        except ClientError as error:
            if "No updates" not in str(error):
                raise
    _wait(cloudformation)


def _wait(cloudformation: Any) -> None:
    deadline = time.monotonic() + SECONDS
    status = ""
    while time.monotonic() < deadline:
        status = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]
        if not status.endswith("IN_PROGRESS"):
            break
        time.sleep(0.2)
    if status not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
        reasons = [
            f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason', '')}"
            for e in events
            if e["ResourceStatus"].endswith("FAILED")
        ]
        raise NotDeployed("\n".join([status, *reasons]))


def _outputs(emulator: Emulator) -> dict[str, str]:
    stack = emulator.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _api(emulator: Emulator) -> str:
    found = emulator.client("apigateway").get_rest_apis()["items"]
    return str(found[0]["id"])
