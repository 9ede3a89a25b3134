"""A coverage-guided fuzzer for the border: never an exception, never a hang.

It needs atheris, which is no dependency of ours: `pip install atheris` into an environment of its own that
also has msgspec and tzdata, then for instance
`python bench/fuzz_hl7.py out/corpus -dict=bench/hl7.dict -max_len=8000 -timeout=1 -max_total_time=300`.
Messages of tests/messages are put into the corpus first.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def main() -> None:
    """Run until an exception, a hang, or the end of the time."""
    try:
        import atheris  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        sys.exit("this needs atheris: pip install atheris (Linux, in an environment of its own)")
    folders = [Path(name) for name in sys.argv[1:] if not name.startswith("-")]
    for folder in folders[:1]:
        folder.mkdir(parents=True, exist_ok=True)
        for message in (ROOT / "tests" / "messages").glob("*.hl7"):
            (folder / message.name).write_bytes(message.read_bytes())
    with atheris.instrument_imports(include=["chalicelib"]):
        from chalicelib.hl7.acknowledge import acknowledgement
        from chalicelib.hl7.read import read, split
        from chalicelib.hl7.translate import translate
        from tests.hl7.examples import PROFILE, RECEIVED

    def one(raw: bytes) -> None:
        for part in split(raw):
            translate(read(part), PROFILE, RECEIVED)
        acknowledgement(raw, "AA", "", RECEIVED, "A")

    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
