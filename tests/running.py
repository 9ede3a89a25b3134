"""A local stack for tests: the real one, on ports of its own, with state of its own."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.visitor import Doors

ROOT = Path(__file__).parent.parent
SECONDS = 180


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class LocalStack:
    """`python -m infra.local`, started, stopped and started again."""

    state: Path
    demo: bool = False
    ports: tuple[int, int, int] = field(default_factory=lambda: (free_port(), free_port(), free_port()))
    process: subprocess.Popen[str] | None = None
    code: Path = ROOT
    """The directory that is packaged and deployed."""

    @property
    def doors(self) -> Doors:
        return Doors(f"http://127.0.0.1:{self.ports[0]}", ("127.0.0.1", self.ports[1]))

    @property
    def log(self) -> str:
        return (self.state / "runner.log").read_text()

    def start(self) -> LocalStack:
        self.state.mkdir(parents=True, exist_ok=True)
        web, mllp, aws = (str(port) for port in self.ports)
        ports = ["--web-port", web, "--mllp-port", mllp, "--aws-port", aws]
        more = [] if self.demo else ["--no-demo"]
        log = (self.state / "runner.log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "infra.local", "--state", str(self.state), *ports, *more],
            cwd=self.code,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
        )
        deadline = time.monotonic() + SECONDS
        while "Vigie is ready" not in self.log:
            assert self.process.poll() is None, self.log
            assert time.monotonic() < deadline, self.log
            time.sleep(0.2)
        return self

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)
