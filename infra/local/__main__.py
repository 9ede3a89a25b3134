"""Run Vigie on this machine: `python -m infra.local`."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from infra.bridge.letters import Post
from infra.bridge.server import Door, in_queue
from infra.local import demo, seed
from infra.local.deploy import NotDeployed, deploy
from infra.local.doors import LocalDoors
from infra.local.emulator import REGION, Emulator, NotStarted
from infra.local.gateway import REPLY_NUMBER, Gateway, Outbox
from infra.local.gateway_ovh import KEY, SERVICE, OvhGateway
from infra.local.proxy import Proxy
from infra.local.stack import Stack
from infra.local.visitor import Doors

Say = Callable[[str], None]


class Stopped(Exception):
    """Somebody pressed Ctrl-C, or ended the process."""


def _stop(*_: object) -> None:
    raise Stopped


def main() -> int:
    """The command line."""
    asked = _arguments()
    if asked.reset:
        shutil.rmtree(asked.state, ignore_errors=True)
        print(f"forgotten: {asked.state}")
        return 0
    asked.state.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
    }
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    emulator = Emulator(asked.aws_port, asked.state)
    try:
        _run(asked, emulator)
    except Stopped:
        print("stopping", flush=True)
    except (NotStarted, NotDeployed, OSError) as problem:
        print(f"Vigie could not start: {problem}", file=sys.stderr)
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # the emulator is writing its state
        emulator.stop()
        print("stopped; what was there is kept in", asked.state, flush=True)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local", description=__doc__)
    parser.add_argument("--web-port", type=int, default=8000)
    parser.add_argument("--mllp-port", type=int, default=2575)
    parser.add_argument("--aws-port", type=int, default=4566)
    parser.add_argument("--state", type=Path, default=Path(".local"), help="where everything is kept")
    parser.add_argument("--no-demo", action="store_true", help="start with an empty hospital")
    parser.add_argument("--reset", action="store_true", help="forget everything that was kept, and end")
    return parser.parse_args()


def _run(asked: argparse.Namespace, emulator: Emulator) -> None:
    say = _timed()
    web = f"http://127.0.0.1:{asked.web_port}"
    say("starting the emulator")
    emulator.start()
    stack = Stack(emulator, {}, web)
    stack.outbox = Outbox(asked.state / "outbox.jsonl", stack.now)
    secret = _secret(asked.state / "gateway.secret")
    gateways = [kind(stack.outbox, web, secret) for kind in (Gateway, OvhGateway)]
    stack.gateways = {gateway.name: gateway for gateway in gateways}
    for gateway in gateways:
        gateway.start()
    say("packaging and deploying the template, with IAM enforced")
    stack.outputs = deploy(emulator, asked.state / "out", _parameters(web, stack.gateways, secret))
    seed.seed(stack)
    known = stack.read_clock()
    proxy = Proxy(asked.web_port, asked.aws_port, stack.outputs["Api"], LocalDoors(stack))
    proxy.start()
    bridge = _start_bridge(emulator, asked.mllp_port, stack.outputs["MessagesBucketName"])
    try:
        if not known:
            _begin(asked, stack, web, say)
        say(f"Vigie is ready: {web}/  (demo accounts, outbox, clock: {web}/_local/)")
        threading.Event().wait()
    finally:
        bridge()
        proxy.stop()
        for gateway in gateways:
            gateway.stop()


def _begin(asked: argparse.Namespace, stack: Stack, web: str, say: Say) -> None:
    today = datetime.now(demo.ZONE).date()
    stack.set_clock(demo.start_of(today))
    if not asked.no_demo:
        demo.play(Doors(web, ("127.0.0.1", asked.mllp_port)), today, say)


def _parameters(web: str, gateways: dict[str, Gateway], secret: str) -> dict[str, str]:
    return {
        "BaseUrl": web,
        "Version": "local",
        "SignInUrl": "/_local/",
        "SmsProviders": "http:70,ovh:30",
        "SmsHttpUrl": gateways["http"].url,
        "SmsHttpSecret": secret,
        "OvhUrl": gateways["ovh"].address,
        "OvhService": SERVICE,
        "OvhApplicationKey": KEY,
        "OvhApplicationSecret": secret,
        "OvhConsumerKey": KEY,
        "OvhCallbackSecret": secret,
        "SmsNumbers": f"{REPLY_NUMBER}={seed.HOSPITAL}",
        "SesFrom": seed.SENDER,
        "RetrySeconds": "35",  # longer than a function may run; in production six times as long
        "Protect": "false",
    }


def _secret(file: Path) -> str:
    if not file.exists():
        file.write_text(json.dumps(secrets.token_urlsafe(24)))
    return str(json.loads(file.read_text()))


def _start_bridge(emulator: Emulator, port: int, bucket: str) -> Callable[[], None]:
    """The MLLP door, in a thread with a loop of its own; returns what stops it."""
    client = emulator.client("sqs")
    url = client.get_queue_url(QueueName=f"vigie-local-{seed.HOSPITAL}-in.fifo")["QueueUrl"]
    loop = asyncio.new_event_loop()
    post = Post(client, url, emulator.client("s3"), bucket)
    loop.run_until_complete(Door(seed.HOSPITAL, in_queue(post)).serve("127.0.0.1", port))
    threading.Thread(target=loop.run_forever, daemon=True).start()

    def stop() -> None:
        loop.call_soon_threadsafe(loop.stop)

    return stop


def _timed() -> Say:
    began = time.monotonic()

    def say(words: str) -> None:
        print(f"{time.monotonic() - began:5.1f} s  {words}", flush=True)

    return say


if __name__ == "__main__":
    sys.exit(main())
