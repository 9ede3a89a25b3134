"""HAPI HL7v2 on this machine: fetched and compiled once, where Java and Maven are there."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HERE = Path(__file__).parent / "hapi"
BUILT = ROOT / ".local" / "hapi"


def command() -> list[str] | None:
    """What runs `Peer`, or None where it cannot be had."""
    if shutil.which("java") is None or shutil.which("mvn") is None:
        return None
    jars, classes = BUILT / "jars", BUILT / "classes"
    if not (classes / "Peer.class").is_file():
        copy = ["dependency:copy-dependencies", f"-DoutputDirectory={jars}"]
        for step in (
            ["mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), *copy],
            ["javac", "-cp", f"{jars}/*", "-d", str(classes), str(HERE / "src/main/java/Peer.java")],
        ):
            done = subprocess.run(step, capture_output=True, text=True, check=False)
            if done.returncode:
                return None
    return ["java", "-cp", f"{classes}:{jars}/*", "Peer"]


def milliseconds(messages: list[bytes], folder: Path, rounds: int = 10) -> tuple[float, int] | None:
    """HAPI's median CPU for one of these messages, and how many it could not read; None without HAPI."""
    run = command()
    if run is None:
        return None
    files = []
    for number, raw in enumerate(messages):
        files.append(folder / f"{number:05d}.hl7")
        files[-1].write_bytes(raw)
    arguments = [*run, "read", str(rounds), *map(str, files)]
    told = subprocess.run(arguments, capture_output=True, text=True, check=True).stdout.split()
    return float(told[0]), int(told[1])
