"""Forms as browsers send them, with a file and without."""

from __future__ import annotations

from chalicelib.entrypoints.forms import fields

KIND = "multipart/form-data; boundary=x7"


def sent(*parts: tuple[str, str, bytes]) -> bytes:
    made = b""
    for name, more, value in parts:
        made += (
            b'--x7\r\nContent-Disposition: form-data; name="'
            + name.encode()
            + b'"'
            + more.encode()
            + b"\r\n\r\n"
        )
        made += value + b"\r\n"
    return made + b"--x7--\r\n"


def test_pairs():
    assert fields("application/x-www-form-urlencoded", b"a=1&b=%C3%A9&a=2&c=") == {
        "a": ("1", "2"), "b": ("é",), "c": ("",),
    }  # fmt: skip


def test_parts():
    file = '; filename="q.json"\r\nContent-Type: application/json'
    body = sent(
        ("csrf", "", b"t"), ("a", "", b"1"), ("a", "", b"2"), ("file", file, '{"text":\n "é"}'.encode())
    )
    assert fields(KIND, body) == {"csrf": ("t",), "a": ("1", "2"), "file": ('{"text":\n "é"}',)}


def test_a_mark_at_the_beginning_is_no_part_of_the_file_and_what_is_no_utf_8_is_seen():
    assert fields(KIND, sent(("file", "", b"\xef\xbb\xbf{}")))["file"] == ("{}",)
    assert "\ufffd" in fields(KIND, sent(("file", "", b'{"a":"\xe9"}')))["file"][0]


def test_anything_else_has_no_fields():
    assert fields("application/json", b'{"a": 1}') == {}
    assert fields("multipart/form-data", b"nothing") == {}
    assert fields(KIND, b"nothing") == {}
