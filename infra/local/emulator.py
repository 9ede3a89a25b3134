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
from urllib.request import urlopen

import boto3
from botocore.config import Config

REGION = "eu-west-3"
STOP_SECONDS = 30
PR_SET_PDEATHSIG = 1


class NotStarted(Exception):
    """The emulator did not come up; the text says where its log is."""


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
        """Start it and wait until it answers."""
        if _is_taken(self.port):
            msg = f"port {self.port} is in use: is Vigie running already?"
            raise NotStarted(msg)
        temporary = self.state / "tmp"
        # Every worker leaves its copy of the package there, and nobody removes them.
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        log = (self.state / "emulator.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ministack"],
            env=self._environment(temporary),
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - no thread runs yet
        )
        self._wait()

    def stop(self) -> None:
        """Stop it gently: only so does it write its state."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
        shutil.rmtree(self.state / "tmp", ignore_errors=True)

    def client(self, service: str) -> Any:
        """boto3's client of a service, as the account's root."""
        make: Any = boto3.client  # its types know only the names of services as they are written
        return make(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106 - the emulator's own root
            config=Config(retries={"total_max_attempts": 2}, connect_timeout=5, read_timeout=60),
        )

    def get(self, path: str) -> bytes:
        """One of the emulator's own pages."""
        with urlopen(f"{self.endpoint}{path}", timeout=10) as answer:  # noqa: S310 - loopback
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
            "STATE_DIR": str(self.state / "aws"),
            "S3_DATA_DIR": str(self.state / "s3"),
            "TMPDIR": str(temporary),
            "LOG_LEVEL": "INFO",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
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


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _die_with_parent() -> None:
    """The kernel ends the emulator when the runner is killed: no orphan keeps the port."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
