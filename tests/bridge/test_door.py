"""The MLLP door: whatever happens to a connection, what was acknowledged is stored, and half a frame is not."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from infra.bridge.framing import CHUNK, framed
from infra.bridge.letters import Letter
from infra.bridge.server import Door
from infra.bridge.spool import SpoolFull
from tests.bridge.peers import adt, answer_on, code_of, identity, speak
from tests.running import free_port

MESSAGES = (adt(1), adt(2, "Éléonore"), adt(3) + b"PV1|1|I|UCA\rNTE|1||two\nlines\r" * 3)


@dataclass
class Kept:
    """A store, and a door of its own in a thread of its own."""

    stored: list[bytes] = field(default_factory=list)
    refuse: Exception | None = None
    port: int = field(default_factory=free_port)

    async def store(self, letter: Letter) -> None:
        if self.refuse is not None:
            raise self.refuse
        self.stored.append(letter.raw)

    def open(self, **settings: object) -> Callable[[], None]:
        loop = asyncio.new_event_loop()
        self.door = Door("demo", self.store, **settings)  # type: ignore[arg-type]
        loop.run_until_complete(self.door.serve("127.0.0.1", self.port))
        thread = threading.Thread(target=loop.run_forever)
        thread.start()

        def close() -> None:
            asyncio.run_coroutine_threadsafe(self.door.finish(5), loop).result(10)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)

        return close


@pytest.fixture
def kept() -> Iterator[Kept]:
    made = Kept()
    close = made.open(longest=200_000, most_connections=2000)
    yield made
    close()


def cut(port: int, sent: bytes, *, reset: bool, read: int = 0) -> None:
    """Send these bytes, read so many of the answer, and go: politely, or with a reset."""
    with socket.create_connection(("127.0.0.1", port), 5) as line:
        if reset:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.sendall(sent)
        left = read
        while left:
            left -= len(line.recv(left))


class TestCuts:
    @pytest.mark.parametrize("raw", MESSAGES, ids=["short", "latin-1", "long"])
    @pytest.mark.parametrize("reset", [False, True], ids=["FIN", "RST"])
    def test_at_every_byte_of_the_request(self, kept: Kept, raw: bytes, *, reset: bool) -> None:
        wire = framed(raw)
        for length in range(len(wire) + 1):
            cut(kept.port, wire[:length], reset=reset)
        for _ in range(100):
            if self.settled(kept):
                break
            time.sleep(0.02)
        assert set(kept.stored) <= {raw}  # never half of it
        assert code_of(speak(kept.port, raw)) == "AA"
        assert {identity(stored) for stored in kept.stored} == {identity(raw)}

    @pytest.mark.parametrize("raw", MESSAGES, ids=["short", "latin-1", "long"])
    @pytest.mark.parametrize("reset", [False, True], ids=["FIN", "RST"])
    def test_at_every_byte_of_the_answer(self, kept: Kept, raw: bytes, *, reset: bool) -> None:
        """The sender does not know, and sends again: the same message, once in the ledger."""
        length = len(framed(speak(kept.port, raw)))
        for read in range(length + 1):
            cut(kept.port, framed(raw), reset=reset, read=read)
        assert code_of(speak(kept.port, raw)) == "AA"
        assert {identity(stored) for stored in kept.stored} == {identity(raw)}

    @staticmethod
    def settled(kept: Kept) -> bool:
        return kept.door.connections == 0


class TestFrames:
    def test_may_come_in_pieces_and_together(self, kept: Kept) -> None:
        wire = b"\r\n noise" + b"".join(framed(raw) for raw in MESSAGES) + framed(adt(9))[:-1]
        with socket.create_connection(("127.0.0.1", kept.port), 5) as line:
            for start in range(0, len(wire), 7):
                line.sendall(wire[start : start + 7])
            answers = b""
            while answers.count(b"\x1c") < 4:
                answers += line.recv(65536)
        assert kept.stored == [*MESSAGES, adt(9)]
        assert answers.count(b"MSA|AA") == 4

    def test_on_one_connection_keep_their_order(self, kept: Kept) -> None:
        with socket.create_connection(("127.0.0.1", kept.port), 5) as line:
            for number in range(50):
                line.sendall(framed(adt(number)))
                assert f"MSA|AA|C{number}".encode() in answer_on(line)
        assert kept.stored == [adt(number) for number in range(50)]

    def test_may_be_long_but_not_too_long(self, kept: Kept) -> None:
        long = adt(1, "x" * (3 * CHUNK))[:199_000]
        assert code_of(speak(kept.port, long)) == "AA"
        refused = speak(kept.port, adt(1, "x" * 300_000))
        assert code_of(refused) == "AR"
        assert b"longer than 200000 bytes" in refused
        assert kept.stored == [long]

    def test_without_a_header_are_kept_all_the_same(self, kept: Kept) -> None:
        """They are stored, and the quarantine says what they are."""
        assert code_of(speak(kept.port, b"garbage")) == "AA"
        assert kept.stored == [b"garbage"]


class TestAnswers:
    @pytest.mark.parametrize(
        ("refuse", "words"),
        [
            (SpoolFull(), b"the spool is full"),
            (OSError("disk"), b"the disk or the network failed"),
            (RuntimeError(), b"send again later"),
        ],
    )
    def test_never_say_stored_when_it_is_not(self, kept: Kept, refuse: Exception, words: bytes) -> None:
        kept.refuse = refuse
        answer = speak(kept.port, adt(1))
        assert code_of(answer) == "AR"
        assert words in answer

    def test_follow_msh_15(self, kept: Kept) -> None:
        """In enhanced mode CA; none, where none is wanted."""
        enhanced = adt(1).replace(b"|P|2.5\r", b"|P|2.5|||AL|NE\r", 1)
        silent = adt(2).replace(b"|P|2.5\r", b"|P|2.5|||NE|NE\r", 1)
        with socket.create_connection(("127.0.0.1", kept.port), 5) as line:
            line.sendall(framed(silent) + framed(enhanced))
            assert b"MSA|CA|C1" in answer_on(line)
        assert kept.stored == [silent, enhanced]

    def test_are_given_before_a_stop(self) -> None:
        """A stop waits for the message in hand."""
        slow = Kept()

        async def store(letter: Letter) -> None:
            await asyncio.sleep(0.5)
            slow.stored.append(letter.raw)

        slow.store = store  # type: ignore[method-assign]
        close = slow.open()
        with socket.create_connection(("127.0.0.1", slow.port), 5) as line:
            line.sendall(framed(adt(1)))
            time.sleep(0.2)
            close()
            assert code_of(answer_on(line)) == "AA"
        assert slow.stored == [adt(1)]


class TestBounds:
    def test_connections_have_a_limit(self) -> None:
        few = Kept()
        close = few.open(most_connections=2)
        try:
            lines = [socket.create_connection(("127.0.0.1", few.port), 5) for _ in range(2)]
            for line in lines:
                line.sendall(framed(adt(1)))
                assert answer_on(line)
            with socket.create_connection(("127.0.0.1", few.port), 5) as third:
                third.settimeout(5)
                assert third.recv(10) == b""
            for line in lines:
                line.close()
        finally:
            close()

    def test_a_silent_connection_is_closed(self) -> None:
        idle = Kept()
        close = idle.open(idle_seconds=0.3)
        try:
            with socket.create_connection(("127.0.0.1", idle.port), 5) as line:
                line.sendall(framed(adt(1))[:20])
                line.settimeout(5)
                assert line.recv(10) == b""
        finally:
            close()
        assert idle.stored == []

    def test_long_frames_wait_for_one_another(self) -> None:
        """Only two may grow beyond the usual at a time; all arrive in the end."""
        many = Kept()
        close = many.open(longest=4_000_000)
        raws = [adt(number, "x" * 3_000_000) for number in range(5)]
        answers: list[bytes] = []
        threads = [
            threading.Thread(target=lambda raw=raw: answers.append(speak(many.port, raw, seconds=30)))
            for raw in raws
        ]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(30)
        finally:
            close()
        assert [code_of(answer) for answer in answers] == ["AA"] * 5
        assert {identity(raw) for raw in many.stored} == {identity(raw) for raw in raws}


def test_pythons_own_hl7_client_is_understood(kept: Kept) -> None:
    """python-hl7 as a peer: its client keeps the connection and checks the framing."""
    client = pytest.importorskip("hl7.client")
    with client.MLLPClient("127.0.0.1", kept.port) as line:
        for number in range(5):
            answer = line.send_message(adt(number))
            assert f"MSA|AA|C{number}".encode() in answer
    assert kept.stored == [adt(number) for number in range(5)]
