"""Cookies: guarded by TLS and by their host everywhere but on a developer's machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.entrypoints.answers import UnsafeHeader, cookie, cookie_name, headers
from chalicelib.settings import settings
from tests.test_settings import COMPLETE


@pytest.fixture(params=["prod", "local"])
def stage(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    local = {"INSECURE_COOKIES": "1"} if request.param == "local" else {}
    for name, value in (COMPLETE | {"VIGIE_STAGE": request.param} | local).items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield request.param
    settings.cache_clear()


def test_only_the_local_stage_goes_without_tls(stage: str) -> None:
    made = cookie(cookie_name("patient"), "x")
    assert made.startswith("__Host-") is (stage == "prod")
    assert ("; Secure" in made) is (stage == "prod")
    assert "; HttpOnly; SameSite=Lax" in made
    assert "; Path=/" in made
    assert "Domain" not in made


def test_a_cookie_cannot_split_the_answer() -> None:
    with pytest.raises(UnsafeHeader):
        headers("text/plain", cookies=("a=b\r\nX: y",))
