"""The bridge as it runs at a hospital: a process with a file of settings, against a real queue."""

from __future__ import annotations

import os
import random
import signal
import ssl
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.bridge.peers import Receiver, Sqs, ack, adt, code_of, identity, python, speak, sqs
from tests.running import ROOT, free_port

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("VIGIE_KILLS", "12"))
"""`VIGIE_KILLS=200 pytest tests/bridge -k kill` is the long run."""
SENDERS, PAUSE = 4, 0.05


@pytest.fixture(scope="module")
def queues(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sqs]:
    with sqs(tmp_path_factory.mktemp("sqs")) as made:
        yield made


@pytest.fixture(autouse=True)
def fresh(queues: Sqs) -> None:
    queues.make()


@dataclass
class Process:
    """`python -m infra.bridge`, started, killed and started again."""

    folder: Path
    queues: Sqs
    more: str = ""
    store: str = "spool"
    endpoint: str = ""
    tls: str = ""
    port: int = field(default_factory=free_port)
    watch: int = field(default_factory=free_port)

    def start(self) -> Process:
        settings = self.folder / "bridge.toml"
        listener = f"[[listeners]]\nhost = '127.0.0.1'\nport = {self.port}\n{self.tls}\n"
        settings.write_text(
            f"hospital = 'demo'\nqueue = '{self.queues.inbound}'\nstore = '{self.store}'\n"
            f"spool = '{self.folder}/spool.sqlite'\nwatch_port = {self.watch}\n"
            f"endpoint = '{self.endpoint or self.queues.endpoint}'\n{listener}{self.more}"
        )
        log = (self.folder / "log").open("a")
        environment = dict(os.environ) | {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        self.process = subprocess.Popen(
            [python(), "-m", "infra.bridge", "--config", str(settings)],
            cwd=ROOT, env=environment, stdout=log, stderr=log,
        )  # fmt: skip
        deadline = time.monotonic() + 20
        while self.health() is None:
            assert self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return self

    def health(self) -> tuple[int, str] | None:
        try:
            with urlopen(f"http://127.0.0.1:{self.watch}/health", timeout=2) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return None

    def metrics(self) -> dict[str, float]:
        with urlopen(f"http://127.0.0.1:{self.watch}/metrics", timeout=2) as answer:
            lines = answer.read().decode().splitlines()
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


@pytest.fixture
def bridge(tmp_path: Path, queues: Sqs) -> Iterator[Callable[..., Process]]:
    running: list[Process] = []

    def start(**settings: str) -> Process:
        running.append(Process(tmp_path, queues, **settings).start())
        return running[-1]

    yield start
    for process in running:
        process.process.kill()


class Load:
    """Senders who send every message until it is acknowledged, as hospitals' systems do."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.sent: set[tuple[str, str]] = set()
        self.acknowledged: set[tuple[str, str]] = set()
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._send, args=(n,)) for n in range(SENDERS)]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(60)

    def _send(self, sender: int) -> None:
        number = sender
        while not self.over.is_set():
            raw = adt(number)
            self.sent.add(identity(raw))
            while True:
                try:
                    if code_of(speak(self.port, raw, seconds=5)) == "AA":
                        break
                except OSError:
                    time.sleep(0.02)
            self.acknowledged.add(identity(raw))
            time.sleep(PAUSE)  # an emulated queue is slower than a disk
            number += SENDERS


@pytest.mark.parametrize("store", ["spool", "queue"])
def test_killed_again_and_again_it_loses_nothing(store: str, bridge, queues: Sqs) -> None:
    """Kill -9 at any moment: what was acknowledged is stored, and everything that was sent, once."""
    process = bridge(store=store)
    load, dice = Load(process.port), random.Random(7)
    load.start()
    began = time.monotonic()
    for _ in range(KILLS):
        time.sleep(dice.uniform(0.01, 0.3))
        process.kill()
        process.start()
    load.stop()
    while process.metrics().get("vigie_bridge_spool_messages", 0):
        time.sleep(0.1)
    stored = queues.messages()
    counted = Counter(identity(raw) for raw in stored)
    repeats = sum(counted.values()) - len(counted)
    print(
        f"\n{store}: {KILLS} kills, {len(load.sent)} sent, {len(load.acknowledged)} acknowledged, "
        f"{len(counted)} stored, {repeats} of them more than once, {time.monotonic() - began:.0f} s"
    )
    assert load.acknowledged == load.sent
    assert set(counted) == load.sent
    # A message that was stored and not acknowledged is sent again by its sender: at most one for each
    # connection and kill. The ledger takes it for what it is.
    assert repeats <= KILLS * SENDERS


def test_without_a_queue_the_disk_keeps_what_was_acknowledged(bridge, queues: Sqs) -> None:
    process = bridge(endpoint="http://127.0.0.1:9")
    raws = [adt(number) for number in range(20)]
    assert {code_of(speak(process.port, raw)) for raw in raws} == {"AA"}
    assert process.metrics()["vigie_bridge_spool_messages"] == 20
    assert process.stop() == 0
    process.endpoint = queues.endpoint
    process.start()
    assert sorted(queues.messages()) == sorted(raws)
    assert process.metrics()["vigie_bridge_spool_messages"] == 0


def test_without_a_queue_and_without_a_disk_the_sender_keeps_it(bridge, queues: Sqs) -> None:
    process = bridge(store="queue", endpoint="http://127.0.0.1:9")
    assert code_of(speak(process.port, adt(1), seconds=60)) == "AR"
    assert process.metrics()['vigie_bridge_answers_total{code="AR"}'] == 1
    assert queues.messages() == []


def test_a_patients_messages_keep_their_order(bridge, queues: Sqs) -> None:
    process = bridge()
    raws = [adt(number, patient=5) for number in range(40)]
    for raw in raws:
        assert code_of(speak(process.port, raw)) == "AA"
    assert queues.messages() == raws


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    for name in ("hospital", "stranger"):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
             f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", f"{name}.key",
             "-out", f"{name}.pem"],
            cwd=folder, check=True, capture_output=True,
        )  # fmt: skip
    return folder


class TestTls:
    def test_only_known_clients_are_heard(self, certificates: Path, bridge, queues: Sqs) -> None:
        own = certificates / "hospital"
        process = bridge(
            tls=f"tls = {{certificate = '{own}.pem', key = '{own}.key', authorities = '{own}.pem'}}"
        )
        assert code_of(self.speak(process.port, certificates, "hospital")) == "AA"
        for nobody in ("stranger", None):
            with pytest.raises((ssl.SSLError, ConnectionError)):
                self.speak(process.port, certificates, nobody)
        assert len(queues.messages()) == 1

    @staticmethod
    def speak(port: int, folder: Path, name: str | None) -> bytes:
        import socket

        from infra.bridge.framing import framed
        from tests.bridge.peers import answer_on

        context = ssl.create_default_context(cafile=str(folder / "hospital.pem"))
        if name is not None:
            context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
        with (
            socket.create_connection(("127.0.0.1", port), 10) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1") as line,
        ):
            line.sendall(framed(adt(1)))
            answer = answer_on(line)
            if not answer:
                raise ConnectionError
            return answer


class TestOutbound:
    def deliver(self, bridge, queues: Sqs, answer, raws: list[bytes], *, seconds: float = 4):
        receiver = Receiver(answer).start()
        bridge(
            more=f"[receiver]\nqueue = '{queues.outbound}'\nhost = '127.0.0.1'\n"
            f"port = {receiver.port}\nanswer_seconds = 1\npoll_seconds = 1\n"
        )
        for raw in raws:
            self.queue(queues, raw)
        outcomes = [body["outcome"] for body in queues.take(queues.inbound, seconds)]
        receiver.stop()
        return receiver.got, {o["control_id"]: (o["result"], o["code"]) for o in outcomes}

    @staticmethod
    def queue(queues: Sqs, raw: bytes) -> None:
        import json
        from base64 import b64encode

        control_id = raw.split(b"|")[9].decode()
        body = {"raw_b64": b64encode(raw).decode(), "hospital": "demo", "control_id": control_id}
        queues.client.send_message(
            QueueUrl=queues.outbound,
            MessageBody=json.dumps(body),
            MessageGroupId=raw.split(b"PID|1||")[1].split(b"^")[0].decode(),
            MessageDeduplicationId=f"{control_id}-{time.monotonic_ns()}",
        )

    def test_every_message_arrives_once_and_in_order(self, bridge, queues: Sqs) -> None:
        raws = [adt(number, patient=number % 2) for number in range(10)]
        got, outcomes = self.deliver(bridge, queues, lambda raw, _: ack(raw), raws)
        for patient in (0, 1):
            assert [raw for raw in got if raw in raws[patient::2]] == raws[patient::2]
        assert outcomes == {f"C{n}": ("delivered", "AA") for n in range(10)}

    def test_what_is_refused_for_good_is_told(self, bridge, queues: Sqs) -> None:
        got, outcomes = self.deliver(bridge, queues, lambda raw, _: ack(raw, "AE"), [adt(1)])
        assert (len(got), outcomes) == (1, {"C1": ("refused", "AE")})

    def test_silence_a_cut_or_a_wrong_answer_is_no_delivery(self, bridge, queues: Sqs) -> None:
        """Each message is sent again until its own answer comes; an answer to another one never counts."""

        def answer(raw: bytes, times: int) -> bytes | None:
            if times > 1:
                return ack(raw)
            number = raw.split(b"|")[9]
            return {b"C1": None, b"C2": b"", b"C3": ack(raw, control_id="C2"), b"C4": b"no HL7"}[number]

        raws = [adt(number, patient=3) for number in (1, 2, 3, 4)]
        got, outcomes = self.deliver(bridge, queues, answer, raws, seconds=8)
        assert got == [raw for raw in raws for _ in range(2)]
        assert outcomes == {f"C{n}": ("delivered", "AA") for n in (1, 2, 3, 4)}

    def test_who_wants_it_later_keeps_nobody_else_waiting(self, bridge, queues: Sqs) -> None:
        def answer(raw: bytes, _times: int) -> bytes:
            return ack(raw, "AR" if b"|C1|" in raw else "AA")

        raws = [adt(1, patient=1), adt(2, patient=1), adt(3, patient=2)]
        got, outcomes = self.deliver(bridge, queues, answer, raws)
        assert outcomes == {"C3": ("delivered", "AA")}
        assert raws[1] not in got  # it waits behind the first of its patient


def test_settings_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    for text, words in (
        ("hospital = 'demo'", "queue"),
        ("hospital = 'demo'\nqueue = 'x'\nlisteners = [{port = 99999}]", "port"),
        ("hospital = 'demo'\nqueue = 'x'\nlisteners = [{port = 2575}]\nstores = 'disk'", "stores"),
        ("hospital = ", "Invalid value"),
    ):
        file = tmp_path / "bridge.toml"
        file.write_text(text)
        done = subprocess.run(
            [python(), "-m", "infra.bridge", "--config", str(file), "--check"],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, words in done.stderr) == (2, True), done.stderr


def test_the_example_can_be_used() -> None:
    from infra.bridge.settings import load

    found = load(ROOT / "infra" / "bridge" / "bridge.example.toml")
    assert (found.hospital, found.store, len(found.listeners)) == ("demo", "spool", 2)
