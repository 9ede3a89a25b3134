"""Build what is deployed: `python -m infra.package --stage prod`.

Chalice packages the app and merges our resources; then the zip is made again so that two builds of
one commit are the same byte for byte, compiled, and without what the runtime has or nobody reads.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import py_compile
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import yaml

from infra import alarms, hospitals

ROOT = Path(__file__).parent.parent
EPOCH = (2020, 1, 1, 0, 0, 0)
UNNEEDED = ("boto3", "botocore", "s3transfer", "jmespath", "bin")
"""In Lambda's own runtime (boto3 and its parts), or of no use there."""
LOCALES = ("en", "fr", "root")


def merged(stage: str) -> dict[str, Any]:
    """Everything that is merged into Chalice's template."""
    template: dict[str, Any] = yaml.safe_load((ROOT / "infra" / "resources.yaml").read_text("utf-8"))
    template["Parameters"]["Stage"]["Default"] = stage
    resources: dict[str, Any] = template["Resources"]
    for name in [name for name, made in resources.items() if made.get("Type") == "AWS::SQS::Queue"]:
        resources |= alarms.dead_letters(name) if name.endswith("DeadLetters") else alarms.age(name)
    resources |= alarms.tick_stopped() | alarms.quarantined() | alarms.long_texts() | alarms.stumbling()
    resources |= hospitals.resources(hospitals.listed(), stage)
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    variables["PACES"] = json.dumps(hospitals.paces())
    return template


def package(stage: str, out: Path, *, slim: bool) -> Path:
    """Build the template and the zip in `out`; returns the template's path.

    `slim` leaves the dependencies out: the emulator's interpreter has them.
    """
    out.mkdir(parents=True, exist_ok=True)
    merge = out / "merge.json"
    merge.write_text(json.dumps(merged(stage), indent=1))
    with tempfile.TemporaryDirectory() as folder:
        project = _project(Path(folder), slim=slim)
        arguments = ["package", "--stage", stage, "--merge-template", str(merge.resolve())]
        _chalice([*arguments, str(out.resolve())], project)
    _repack(out / "deployment.zip", slim=slim)
    return out / "sam.json"


def _project(folder: Path, *, slim: bool) -> Path:
    """A copy of what belongs into the package, and nothing else that lies about in the checkout."""
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc", "deployments", "templates_compiled")
    for name in ("chalicelib", ".chalice"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    shutil.copy(ROOT / "app.py", folder)
    requirements = "" if slim else (ROOT / "requirements.txt").read_text("utf-8")
    (folder / "requirements.txt").write_text(requirements)
    compiled = folder / "chalicelib" / "templates_compiled"
    subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "chalicelib.adapters.pages", "compile", str(compiled)],
        cwd=ROOT,
        # Jinja writes sets in their order: without a seed two builds would differ.
        env=os.environ | {"PYTHONHASHSEED": "0"},
        check=True,
    )
    return folder


def _chalice(arguments: list[str], project: Path) -> None:
    environment = os.environ | {"AWS_DEFAULT_REGION": "eu-west-3"}
    done = subprocess.run(  # noqa: S603 - our own tool, our own arguments
        [Path(sys.executable).with_name("chalice"), *arguments],
        cwd=project,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.exit(f"chalice could not package the app:\n{done.stdout}{done.stderr}")


def _repack(target: Path, *, slim: bool) -> None:
    unpacked = target.with_suffix(".dir")
    shutil.rmtree(unpacked, ignore_errors=True)
    with zipfile.ZipFile(target) as archive:
        archive.extractall(unpacked)
    for name in UNNEEDED:
        for found in (unpacked / name, *unpacked.glob(f"{name}-*.dist-info")):
            shutil.rmtree(found, ignore_errors=True)
    for data in (unpacked / "babel" / "locale-data").glob("*.dat"):
        if data.stem.split("_")[0] not in LOCALES:
            data.unlink()
    if not slim:
        compileall.compile_dir(
            unpacked,
            quiet=2,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            stripdir=str(unpacked),
        )
    files = {str(f.relative_to(unpacked)): f for f in sorted(unpacked.rglob("*")) if f.is_file()}
    write_zip(target, files)
    shutil.rmtree(unpacked)


def write_zip(target: Path, files: dict[str, Path]) -> None:
    """A zip with fixed order, times and rights: equal contents make equal bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name].read_bytes())


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m infra.package", description=__doc__)
    parser.add_argument("--stage", default="prod", choices=["local", "prod"])
    parser.add_argument("--out", type=Path, default=ROOT / "out")
    asked = parser.parse_args()
    began = time.monotonic()
    print(f"packaging stage {asked.stage} (downloads dependencies the first time)…", flush=True)
    template = package(asked.stage, asked.out, slim=asked.stage == "local")
    size = (asked.out / "deployment.zip").stat().st_size / 1e6
    print(f"together the hospitals may send {hospitals.per_second():.0f} texts a second (docs/operator.md)")
    print(f"{template} and deployment.zip ({size:.1f} MB) in {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
