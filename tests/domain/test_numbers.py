"""Numbers: their country, and whether they can be texted."""

from __future__ import annotations

import pytest

from chalicelib.domain.numbers import dialling_code, is_allowed, is_landline


@pytest.mark.parametrize(
    ("number", "code", "landline"),
    [
        ("+33639980001", "33", False),
        ("+33700000001", "33", False),
        ("+33199000010", "33", True),
        ("+33970000001", "33", True),
        ("+262692000001", "262", False),
        ("+262639000001", "262", False),
        ("+262262000001", "262", True),
        ("+262269000001", "262", True),
        ("+590690000001", "590", False),
        ("+590590000001", "590", True),
        ("+594694000001", "594", False),
        ("+594594000001", "594", True),
        ("+596696000001", "596", False),
        ("+596596000001", "596", True),
        ("+687750000", "687", False),
        ("+687250000", "687", True),
        ("+68987000001", "689", False),
        ("+68940000001", "689", True),
        ("+15550100000", "1", False),
        ("+447700900001", "44", False),
        ("+352600000001", "352", False),
        ("0199000010", "", False),
        ("someone@example.org", "", False),
        ("", "", False),
    ],
)
def test_a_number(number, code, landline) -> None:
    assert dialling_code(number) == code
    assert is_landline(number) is landline


def test_only_listed_countries_are_allowed() -> None:
    assert is_allowed("+33639980001", ("262", "33"))
    assert not is_allowed("+15550100000", ("262", "33"))
    assert not is_allowed("0639980001", ("33",))
    assert is_allowed("anything", ())
