"""ministack, started and stopped with care: nothing listens beyond this machine, nothing is left behind."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import boto3
from botocore.config import Config

REGION = "eu-west-3"
START_SECONDS = 60
STOP_SECONDS = 30
PORT_SECONDS = 15
"""How long a predecessor that is still writing its state may keep the port."""
PR_SET_PDEATHSIG = 1
ROOT = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
"""The emulator's own root account: everything else is refused what its role does not allow."""
DIRECT = build_opener(ProxyHandler({}))


class NotStarted(Exception):
    """The emulator did not come up; the text says why, or where its log is."""


@dataclass
class Emulator:
    """One ministack with its state below `state`."""

    port: int
    state: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        """Where AWS is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers. Call from the main thread: it dies with its caller."""
        _wait_for_port(self.port)
        temporary = self.state / "tmp"
        # Every worker leaves its copy of the package there, and nobody removes them.
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        with (self.state / "emulator.log").open("wb") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter
                [sys.executable, "-m", "ministack"],
                env=self._environment(temporary),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )
        self._wait()

    def stop(self) -> None:
        """Stop it gently: only so does it write its state."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
        shutil.rmtree(self.state / "tmp", ignore_errors=True)

    def client(self, service: str) -> Any:
        """boto3's client of a service, as the account's root."""
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=ROOT["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=ROOT["AWS_SECRET_ACCESS_KEY"],
            config=Config(
                retries={"total_max_attempts": 2}, connect_timeout=5, read_timeout=60, proxies={}
            ),
        )

    def get(self, path: str) -> bytes:
        """One of the emulator's own pages."""
        with DIRECT.open(f"{self.endpoint}{path}", timeout=10) as answer:
            return bytes(answer.read())

    def _environment(self, temporary: Path) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | {
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            "MINISTACK_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AUTH": "true",
            "PERSIST_STATE": "1",
            "S3_PERSIST": "1",
            "STATE_DIR": str((self.state / "aws").resolve()),
            "S3_DATA_DIR": str((self.state / "s3").resolve()),
            "TMPDIR": str(temporary.resolve()),
            "LOG_LEVEL": "INFO",
        }

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                break
            try:
                self.get("/_ministack/health")
            except (URLError, OSError):
                time.sleep(0.1)
            else:
                return
        msg = f"the emulator did not start: see {self.state / 'emulator.log'}"
        raise NotStarted(msg)


def port_is_free(port: int) -> bool:
    """Whether we could listen there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _wait_for_port(port: int) -> None:
    deadline = time.monotonic() + PORT_SECONDS
    while not port_is_free(port):
        if time.monotonic() > deadline:
            msg = f"port {port} is taken: is another installation running? (--aws-port chooses another)"
            raise NotStarted(msg)
        time.sleep(0.2)


def _die_with_parent() -> None:
    """The kernel ends the emulator when the runner is killed: no orphan keeps the port."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
