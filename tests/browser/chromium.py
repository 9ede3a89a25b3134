"""Find a Chromium, or install one: `python -m tests.browser.chromium`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APT = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-liberation2"]


def find() -> str | None:
    """The path of a Chromium: one on the machine, or Playwright's own."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> str:
    """Try the system's packages (as root), then Playwright's download; returns why neither worked."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False, capture_output=True)
        if subprocess.run(APT, check=False, capture_output=True).returncode == 0:
            return ""
    asked = [sys.executable, "-m", "playwright", "install", "chromium"]
    done = subprocess.run(asked, check=False, capture_output=True, text=True)
    return "" if done.returncode == 0 else (done.stderr.strip().splitlines() or ["no reason given"])[-1]


def main() -> None:
    """Make sure that there is one, or say in one line what is skipped and why."""
    if find() is None:
        print("installing Chromium for the browser tests…", flush=True)
        why = install()
        if find() is None:
            print(f"browser tests will be skipped: no Chromium found, none could be installed ({why})")


if __name__ == "__main__":
    main()
