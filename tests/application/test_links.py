"""The address in a patient's text: the hospital's own where it has one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from msgspec.structs import replace

from infra.local.seed import UNIT
from tests.application.test_replies import Catalogue, Ward, replace_world


@pytest.mark.parametrize(
    ("web", "address"),
    [("", "https://v.example"), ("https://suivi.example.org", "https://suivi.example.org")],
)
def test_a_text_bears_the_hospitals_own_address(web: str, address: str) -> None:
    class Own(Catalogue):
        def unit(self, hospital: str, unit: str) -> Any:
            return replace(UNIT, web=web)

    ward = Ward()
    memory = ward.hospital
    ward.world = replace_world(ward.world, catalogue=Own(memory.profile, memory.memory, memory.versions))
    ward.patient("a")
    assert re.findall(r"https?://\S+/p/\S+", ward.last)[0].startswith(f"{address}/p/demo.")
    assert ward.sms.sent[-1].unsubscribe.startswith(address)
