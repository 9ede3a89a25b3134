"""Counting and simplifying text messages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.sms import BASIC, EXTENSION, Segments, is_gsm7, segments, transliterate

FRENCH = "abcdefghijklmnopqrstuvwxyzàâäæçéèêëîïôœöùûüÿ"
WRITTEN = FRENCH + FRENCH.upper() + "0123456789 .,;:!?…'’‘“”«»\"()–—-/&%€@+=\u00a0\u202f\n°№½²"
latin_texts = st.text(st.sampled_from(WRITTEN), max_size=400)
any_texts = st.text(st.characters(codec="utf-8"), max_size=400)
gsm_texts = st.text(st.sampled_from(sorted(BASIC | EXTENSION)), max_size=600)


class TestAlphabet:
    """The tables of 3GPP TS 23.038."""

    def test_has_127_signs_and_the_escape(self):
        assert len(BASIC) == 127
        assert len(EXTENSION) == 10
        assert not BASIC & EXTENSION

    @pytest.mark.parametrize("sign", "çêôîûëœÀÈ’`\t")
    def test_lacks_what_a_french_writer_expects(self, sign):
        assert not is_gsm7(sign)

    @pytest.mark.parametrize("sign", "éèàùÇÉñ€{}[]~|\\^")
    def test_has_what_a_french_writer_may_use(self, sign):
        assert is_gsm7(sign)


class TestSegments:
    """Where a network cuts."""

    @pytest.mark.parametrize(
        ("letters", "count"),
        [(0, 1), (1, 1), (160, 1), (161, 2), (306, 2), (307, 3), (459, 3), (460, 4), (153 * 9, 9)],
    )
    def test_of_septets(self, letters, count):
        assert segments("é" * letters) == Segments(count, letters, "GSM-7")

    @pytest.mark.parametrize(
        ("letters", "count"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4)]
    )
    def test_of_16_bit_units(self, letters, count):
        assert segments("ê" * letters) == Segments(count, letters, "UCS-2")

    def test_one_dear_sign_makes_the_whole_text_dear(self):
        assert segments("a" * 159 + "e").count == 1
        assert segments("a" * 159 + "ê") == Segments(3, 160, "UCS-2")

    def test_an_escaped_sign_takes_two_septets(self):
        assert segments("€") == Segments(1, 2, "GSM-7")
        assert segments("a" * 158 + "€") == Segments(1, 160, "GSM-7")
        assert segments("a" * 159 + "€") == Segments(2, 161, "GSM-7")

    def test_an_escaped_sign_is_not_cut_in_half(self):
        # 152 + an escaped sign would need 154 of the first 153 septets, so one septet stays unused.
        text = "a" * 152 + "€" + "a" * 151
        assert segments(text) == Segments(2, 305, "GSM-7")
        assert segments(f"{text}a") == Segments(3, 306, "GSM-7")

    def test_a_surrogate_pair_is_not_cut_in_half(self):
        assert segments("🙂" * 35) == Segments(1, 70, "UCS-2")
        assert segments("🙂" * 36) == Segments(2, 72, "UCS-2")
        assert segments("🙂" * 67) == Segments(3, 134, "UCS-2")

    @given(gsm_texts)
    def test_hold_the_whole_text(self, text):
        found = segments(text)
        assert found.encoding == "GSM-7"
        assert found.units <= (160 if found.count == 1 else 153 * found.count)
        assert found.count == 1 or found.units > 152 * (found.count - 1)


class TestTransliterate:
    """Words that stay readable, in the cheap alphabet."""

    @pytest.mark.parametrize(
        ("written", "sent"),
        [
            ("à l’hôpital, ça va", "à l'hopital, ca va"),
            ("« Œil » – cœur — ÊTRE", '" OEil " - coeur - ETRE'),
            ("é è à ù Ç É ñ ß", "é è à ù Ç É ñ ß"),
            ("10\u202f€\u00a0: n°\u00a05…", "10 € : no 5..."),
            ("Łukasz Đorđe Þór İpek", "Lukasz Dorde Thor Ipek"),
            ("½ ² ™ ﬁn", "1/2 2 TM fin"),
            ("e\u0301te\u0301", "été"),
            ("o\u0304\u0301 x\u0302", "o x"),
            ("a\u00adb\u200bc\x00d\te`", "abcd e'"),
        ],
    )
    def test_known_words(self, written, sent):
        assert transliterate(written) == sent

    @given(latin_texts)
    def test_french_and_english_always_become_gsm7(self, text):
        assert is_gsm7(transliterate(text))

    def test_every_sign_of_western_europe_becomes_gsm7(self):
        signs = "".join(map(chr, range(0x20, 0x180)))
        left = [sign for sign in signs if not is_gsm7(transliterate(sign))]
        assert left == []

    @given(any_texts)
    def test_done_twice_is_done_once(self, text):
        once = transliterate(text)
        assert transliterate(once) == once

    @given(gsm_texts)
    def test_leaves_gsm7_alone(self, text):
        assert transliterate(text) == text

    def test_leaves_other_scripts_readable(self):
        assert transliterate("مريم: Ελένη") == "مريم: Ελένη"
        assert segments(transliterate("مريم")).encoding == "UCS-2"
