"""Other people's MLLP clients talk to the bridge as they would to any hospital's interface engine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench import hapi_peer
from tests.bridge.peers import adt
from tests.bridge.test_door import Kept

pytestmark = pytest.mark.slow


def test_mllp_send_is_understood(tmp_path: Path) -> None:
    """python-hl7's command, as an integrator would type it."""
    file = tmp_path / "messages.hl7"
    file.write_bytes(b"\x0b" + b"\x1c\r\x0b".join(adt(number) for number in range(10)) + b"\x1c\r")
    kept = Kept()
    close = kept.open()
    try:
        command = [Path(sys.executable).with_name("mllp_send"), "-p", str(kept.port), "-f", file, "127.0.0.1"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    finally:
        close()
    assert done.stdout.count("MSA|AA|") == 10
    assert [raw.strip() for raw in kept.stored] == [adt(number).strip() for number in range(10)]


def test_hapi_is_understood(tmp_path: Path) -> None:
    """HAPI's own client (Java): one connection, each answer read by HAPI's own parser."""
    run = hapi_peer.command()
    if run is None:
        pytest.skip("HAPI needs Java and Maven on this machine")
    files = []
    for number in range(20):
        files.append(tmp_path / f"{number}.hl7")
        files[-1].write_bytes(adt(number))
    kept = Kept()
    close = kept.open()
    try:
        arguments = [*run, "send", "127.0.0.1", str(kept.port), *map(str, files)]
        done = subprocess.run(arguments, capture_output=True, text=True, check=True, timeout=120)
    finally:
        close()
    assert done.stdout.split("\n")[:-1] == [f"AA C{number}" for number in range(20)]
    assert [raw.split(b"|")[9] for raw in kept.stored] == [f"C{number}".encode() for number in range(20)]
