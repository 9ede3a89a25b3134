"""The reader: bytes in, a message or a reason out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.hl7.message import Message, place
from chalicelib.hl7.read import Unreadable, read, split
from chalicelib.hl7.syntax import Delimiters, escape
from tests.hl7.examples import OWN, SHARED, message, own, segments

texts = st.text(st.characters(codec="utf-8"), max_size=60)
punctuation = "|^~\\&#!*+%/$@;:,_="


@st.composite
def delimiter_sets(draw: st.DrawFn) -> Delimiters:
    """Any five or six different signs."""
    return Delimiters(*draw(st.permutations(punctuation))[: draw(st.sampled_from((5, 6)))])


class TestAnyText:
    """What a sender escapes comes back as it was."""

    @given(texts, delimiter_sets())
    def test_comes_back_equal_from_any_place(self, text: str, d: Delimiters) -> None:
        """Field, repetition, component or sub-component, with any delimiters."""
        safe = escape(text, d)
        below, mark, again = d.subcomponent, d.component, d.repetition
        characters = mark + again + d.escape + below + d.truncation.strip()
        header = d.field.join(["MSH", characters, *["x"] * 15, "UNICODE UTF-8"])
        line = d.field.join(["ZZZ", safe, f"a{again}{safe}", f"a{mark}{safe}", f"a{mark}b{below}{safe}"])
        found = message(f"{header}\r{line}\rNTE{d.field}1\r")
        addresses = ("ZZZ-1", "ZZZ-2[2]", "ZZZ-3.2", "ZZZ-4.2.2")
        assert [found.get(a) for a in addresses] == [text or None] * 4
        assert len(found.segments) == 3

    @given(st.lists(texts, min_size=1, max_size=5))
    def test_never_makes_another_segment(self, values: list[str]) -> None:
        """Segments are as many as were written, whatever stands in them."""
        lines = [f"OBX|{n}|TX|||{escape(value)}" for n, value in enumerate(values)]
        raw = segments(*lines).replace("|P|2.5", "|P|2.5||||||UNICODE UTF-8")
        found = message(raw)
        assert [s.get("OBX-5") for s in found.every("OBX")] == [v or None for v in values]
        assert len(found.segments) == len(values) + 1


class TestAnyBytes:
    """Nothing that arrives raises."""

    @given(st.binary(max_size=400))
    def test_never_raise(self, raw: bytes) -> None:
        """Bytes from anywhere end in a message or in a reason."""
        assert isinstance(read(raw), Message | Unreadable)

    @given(
        st.binary(max_size=200),
        st.sampled_from((b"MSH|^~\\&|", b"MSH^", b"\x0bMSH|^~\\&|||\r", b"MSH|^~\\&\r")),
    )
    def test_behind_a_header_never_raise(self, rest: bytes, start: bytes) -> None:
        """Nor when a header makes them look like a message; every field can be asked for."""
        found = read(start + rest)
        if isinstance(found, Message):
            for address in ("MSH-1", "MSH-2", "MSH-9.2", "MSH-18", "PID-3.4.2", "ZZZ-1[3].2"):
                found.get(address)
                found.all(address)
            assert str(found)

    @given(st.sampled_from(sorted(OWN.glob("*.hl7"))), st.data())
    def test_of_a_damaged_message_never_raise(self, path: object, data: st.DataObject) -> None:
        """A real message with bytes changed, lost or doubled."""
        raw = bytearray(path.read_bytes())  # type: ignore[attr-defined]
        for _ in range(data.draw(st.integers(1, 8))):
            at = data.draw(st.integers(0, max(0, len(raw) - 1)))
            raw[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
        assert isinstance(read(bytes(raw)), Message | Unreadable)


class TestThreeValues:
    """Nothing said, said to be empty, and text."""

    found = message(segments('PID|1||""^^^A&""~9|| X||""|a~""~|""~b'))

    @pytest.mark.parametrize(
        ("address", "expected"),
        [
            ("PID-1", "1"), ("PID-2", None), ("PID-3", ""), ("PID-3.2", None), ("PID-3.4", "A"),
            ("PID-3.4.2", ""), ("PID-3[2]", "9"), ("PID-3[3]", None), ("PID-5", " X"), ("PID-7", ""),
            ("PID-7.12", ""), ("PID-8", "a"), ("PID-8[2]", ""), ("PID-8[3]", None), ("PID-9", ""),
            ("PID-9.3", ""), ("PID-9[2]", "b"), ("PID-99", None), ("PV1-1", None),
        ],
    )  # fmt: skip
    def test_are_told_apart(self, address: str, expected: str | None) -> None:
        """None keeps, "" clears; a null stands for everything below it."""
        assert self.found.get(address) == expected

    def test_of_all_repetitions(self) -> None:
        """Each repetition has its own."""
        assert self.found.all("PID-8") == ("a", "", None)
        assert self.found.all("PID-2") == ()


class TestAddresses:
    """Fields are named as they are printed."""

    @pytest.mark.parametrize("address", ["PID", "PID-", "PID-3.4.2.1", "pid-3", "PID 3", "PID-3[]", ""])
    def test_that_are_none_are_our_mistake(self, address: str) -> None:
        """They never come from a message, so they may raise."""
        with pytest.raises(ValueError, match="not an HL7 address"):
            place(address)

    def test_of_msh_count_the_separator(self) -> None:
        """MSH-1 is the separator itself."""
        found = message(own("siu_s12"))
        assert [found.get(f"MSH-{n}") for n in (1, 2, 3)] == ["|", "^~\\&", "AGENDA"]


class TestEscapes:
    """Sequences are read, what only looks like one is left alone."""

    @pytest.mark.parametrize(
        ("sent", "expected"),
        [
            (r"DUPONT\F\Jean\F\1", "DUPONT|Jean|1"), (r"\S\\T\\R\\E\\P\ ", "^&~\\# "),
            (r"one\.br\two\.BR\\.sp2\ ", "one\ntwo\n\n "), (r"\H\bold\N\ ", "bold "),
            (r"\X0D0A\\XC3A9\\XE9\ ", "\r\néé "), (r"C:\dir\file", r"C:\dir\file"),
            (r"\Zlocal\ \Cxx", r"\Zlocal\ \Cxx"), ("\\", "\\"), (r"\E\T\ ", r"\T\ "), (r"\X0\ ", r"\X0\ "),
        ],
    )  # fmt: skip
    def test_are_read(self, sent: str, expected: str) -> None:
        """Known ones only."""
        assert message(segments(f"NTE|1||{sent}")).get("NTE-3") == expected


class TestTerminators:
    """CR, CRLF and LF, and line feeds that belong to the text."""

    lines = ("PID|1||7^^^DEMO", "NTE|1||first", "PV1|1|O", "PD1")

    @pytest.mark.parametrize("end", ["\r", "\r\n", "\n", "\n  ", "\n\n", "\r\r", "\r\n\r\n"])
    def test_end_a_segment(self, end: str) -> None:
        """Whichever the sender uses."""
        found = message(segments(*self.lines).replace("\r", end))
        assert [s.name for s in found.segments] == ["MSH", "PID", "NTE", "PV1", "PD1"]
        assert found.get("NTE-3") == "first"

    def test_a_line_feed_inside_a_note_is_text(self) -> None:
        """Unless another segment begins behind it."""
        found = message(segments("NTE|1||one\ntwo, PID three\nOUI", "PV1|1|O"))
        assert found.get("NTE-3") == "one\ntwo, PID three\nOUI"
        assert found.get("PV1-2") == "O"

    def test_a_wrapped_line_belongs_to_the_segment_before(self) -> None:
        """Nothing is lost, and the fields behind it keep their numbers."""
        found = message(segments("PID|1||7|||||", "19680412|F", "pv1|1|O"))
        assert found.get("PV1-2") == "O"
        assert found.get("PID-8") == "\n19680412"
        assert found.get("PID-9") == "F"

    def test_segments_that_nobody_expects_are_kept(self) -> None:
        """Z segments, and several of a kind in their order."""
        found = message(segments("ZBE|1", "ZFV|a", "AIP|1", "AIP|2"))
        assert [str(s) for s in found.segments[1:]] == ["ZBE|1", "ZFV|a", "AIP|1", "AIP|2"]
        assert [s.get("AIP-1") for s in found.every("AIP")] == ["1", "2"]
        assert "ZFV" in found
        assert "ZZZ" not in found


class TestCharacterSets:
    """By MSH-18, by the bytes, by the hospital's profile; never a refusal."""

    @pytest.mark.parametrize(
        ("name", "charset"),
        [
            ("adt_a01_latin1", "cp1252"), ("adt_a01_says_latin1_is_utf8", "utf_8"),
            ("adt_a01_says_utf8_is_latin1", "cp1252"), ("adt_a01_ascii_with_accents", "cp1252"),
            ("adt_a01_admitted", "utf_8"),
        ],
    )  # fmt: skip
    def test_of_our_messages(self, name: str, charset: str) -> None:
        """Declared rightly, wrongly, or not at all: the accents are there."""
        found = message(own(name))
        assert found.charset == charset
        assert found.get("PID-11.1") == "1 rue Inventée"

    @pytest.mark.parametrize(
        ("code", "codec"),
        [
            ("8859/15", "iso8859_15"), ("8859/2", "iso8859_2"), ("UTF-8", "utf_8"), ("", "utf_8"),
            ("", "cp1252"), ("GB 18030-2000", "gb18030"), ("ISO IR87", "iso2022_jp_2"), ("BIG-5", "big5"),
            ("UNICODE UTF-8~8859/1", "utf_8"), ("NONSENSE", "cp1252"),
        ],
    )  # fmt: skip
    def test_are_read(self, code: str, codec: str) -> None:
        """MSH-18's first repetition names the set of the whole message."""
        text = {"gb18030": "中文|文", "iso2022_jp_2": "日本", "big5": "中文", "iso8859_2": "Łódź"}.get(
            codec, "éà"
        )
        raw = segments(f"NTE|1||{text.replace('|', '')}").replace("|P|2.5", f"|P|2.5||||||{code}")
        assert message(raw.encode(codec)).get("NTE-3") == text.replace("|", "")

    @pytest.mark.parametrize("codec", ["utf_16", "utf_16_le", "utf_16_be", "utf_8_sig"])
    def test_of_two_bytes(self, codec: str) -> None:
        """Seen by the bytes themselves."""
        assert message(segments("NTE|1||été").encode(codec)).get("NTE-3") == "été"


class TestHeaders:
    """What makes bytes a message."""

    @pytest.mark.parametrize("characters", ["^~\\&", "^~\\&#", "^~\\\\&", "^~\\}", "^", "^~\\& "])
    def test_declare_one_to_five_delimiters(self, characters: str) -> None:
        """A doubled backslash is one that a program wrote twice."""
        found = message(f"MSH|{characters}|APP|FAC|||2026||ADT^A01|1\rPID|1||7\r")
        assert (found.get("MSH-9.2"), found.get("PID-3")) == ("A01", "7")

    def test_that_leave_a_delimiter_out_do_not_use_it(self) -> None:
        """Then the sign is text."""
        found = message("MSH|^|A\rNTE|1||a~b\\T\\c&d\r")
        assert found.get("NTE-3") == "a~b\\T\\c&d"

    @pytest.mark.parametrize(
        ("raw", "reason"),
        [
            (b"", "the message is empty"), (b"\x0b\x1c\r", "the message is empty"),
            (b"hello", "no MSH segment"),
            (b"<?xml version='1.0'?><ADT_A01/>", "XML"), (b"MSH", "no MSH segment"),
            (b"MSH||x", "MSH-2"), (b"MSH|^~\\&#!|x", "MSH-2"), (b"MSH|abc|x", "MSH-2"),
            (b"MSH|^~^|x", "MSH-2"),
            (own("batch"), "several MSH"), (b"\x0bMSH|^~\\&|\r\x1c\r\x0bMSH|^~\\&|\r\x1c\r", "several MSH"),
            (b"MSH|^~\\&|\r\x0bMSH|^~\\&|\r", "several MSH"),
        ],
    )  # fmt: skip
    def test_that_are_none_have_a_reason(self, raw: bytes, reason: str) -> None:
        """In words for an integrator."""
        found = read(raw)
        assert isinstance(found, Unreadable)
        assert reason in found.reason

    def test_may_stand_behind_noise(self) -> None:
        """A byte order mark, MLLP's bytes, blank lines."""
        assert message(own("adt_a01_mllp_and_noise")).get("MSH-10") == "DEMO-A01-8"


class TestBatches:
    """Several messages in one piece."""

    def test_are_split(self) -> None:
        """Each part is a message; headers and trailers of the batch are gone."""
        parts = [message(raw) for raw in split(own("batch"))]
        assert [part.get("MSH-10") for part in parts] == ["DEMO-B-1", "DEMO-B-2"]
        assert "FTS" not in parts[1]

    def test_two_in_one_frame(self) -> None:
        """As some senders write them."""
        frame = b"\x0b" + own("siu_s12") + b"\x1c\r\x0b" + own("siu_s15_cancelled") + b"\x1c\r"
        assert [message(raw).get("MSH-9.2") for raw in split(frame)] == ["S12", "S15"]

    @pytest.mark.parametrize("raw", [b"", b"garbage", own("siu_s12"), own("adt_a01_crlf")])
    def test_a_single_message_is_left_untouched(self, raw: bytes) -> None:
        """To the last byte: its hash stays what it was."""
        assert split(raw) == (raw,)


class TestSharedMessages:
    """Messages of other systems, where they are at hand."""

    def test_all_have_a_defined_result(self) -> None:
        """None raises; all but what is declared impossible can be read."""
        paths = sorted(SHARED.glob("*/*.hl7"))
        if not paths:
            pytest.skip("no shared/messages beside the project")
        found = {path: read(path.read_bytes()) for path in paths}
        assert not {p.name: m.reason for p, m in found.items() if isinstance(m, Unreadable)}


class TestBigMessages:
    """A document of a megabyte inside a field."""

    def test_are_read(self) -> None:
        """With its fields in place, and nothing that depends on the square of its length."""
        raw = segments(
            "OBX|1|ED|PDF||^application^pdf^Base64^" + "A" * 1_400_000, "NTE|1||" + "\n \\" * 200_000
        )
        found = message(raw)
        assert len(found.get("OBX-5.5") or "") == 1_400_000
        assert found.get("NTE-1") == "1"
