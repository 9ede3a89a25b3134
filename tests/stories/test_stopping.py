"""Stopping in the middle, and a worker that is killed in the middle of a batch."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from infra.local.visitor import Unexpected, fill_in, patient_browser
from tests.running import ROOT, LocalStack
from tests.stories.cast import booking, stage

pytestmark = pytest.mark.slow
ROUTE = """

@app.route("/made-while-it-was-stopped")
def made() -> dict[str, bool]:
    return {"made": True}
"""


def workers(state: Path, function: str) -> list[int]:
    """The processes of the emulator that run this function."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_bytes() + (entry / "cwd").readlink().as_posix().encode()
            environment = (entry / "environ").read_bytes()
        except (OSError, ValueError):
            continue
        text = command + environment
        if (
            entry.name.isdigit()
            and str(state).encode() in text
            and f"vigie-local-{function}-".encode() in text
        ):
            found.append(int(entry.name))
    return found


class TestStopping:
    def test_the_story_goes_on_after_a_restart(self, tmp_path: Path) -> None:
        """Stopped between the text and the answer; started again, the same link works, nothing is repeated."""
        running = LocalStack(tmp_path / "state").start()
        try:
            s = stage(running.doors)
            patient = s.patient()
            s.send(booking(patient, s.now()))
            s.go(-1, "10:00")
            (text,) = s.texts(patient)
            before = s.now()
            running.stop()
            running.start()
            assert s.now() >= before
            assert s.texts(patient) == [text]
            browser = patient_browser(s.doors.web, text, patient.born)
            fill_in(browser, {"health_change": "no"})
            assert browser.path == "/my/before/done"
            s.doors.advance(advance="PT5H")
            assert s.texts(patient) == [text]
        finally:
            running.stop()

    def test_a_page_that_was_written_meanwhile_is_there_after_a_restart(self, tmp_path: Path) -> None:
        code = tmp_path / "code"
        for directory in ("chalicelib", "infra", ".chalice"):
            shutil.copytree(ROOT / directory, code / directory)
        for file in ("app.py", "requirements.txt"):
            shutil.copy(ROOT / file, code)
        running = LocalStack(tmp_path / "state", code=code).start()
        try:
            with pytest.raises(Unexpected, match="answered 40"):
                running.doors.json("/made-while-it-was-stopped")
            running.stop()
            with (code / "app.py").open("a") as app:
                app.write(ROUTE)
            assert running.start().doors.json("/made-while-it-was-stopped") == {"made": True}
        finally:
            running.stop()

    def test_a_killed_worker_loses_and_doubles_nothing(self, tmp_path: Path) -> None:
        """Kill -9 of the workers that read HL7, again and again, while thirty bookings come in."""
        running = LocalStack(tmp_path / "state").start()
        try:
            s = stage(running.doors)
            patients = [s.patient(wall=f"{8 + n // 6:02d}:{n % 6}0") for n in range(30)]
            s.send(*(booking(patient, s.now()) for patient in patients))
            killed = 0
            deadline = time.monotonic() + 12
            while killed < 3 and time.monotonic() < deadline:
                for worker in workers(tmp_path / "state", "Hl7In"):
                    os.kill(worker, signal.SIGKILL)
                    killed += 1
                time.sleep(0.1)
            assert killed
            s.go(-1, "10:00")
            sent = [len(s.texts(patient)) for patient in patients]
            assert sent == [1] * 30
        finally:
            running.stop()
