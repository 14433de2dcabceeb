"""The list of files of an unpacked encoder with sizes and sha256, by which a damaged folder is noticed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

MANIFEST = "manifest.json"
_SMALL = 1_000_000  # bytes: files below it are hashed at every check


def sha256_of(path: Path) -> str:
    """Hex sha256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(folder: Path, source: Path) -> None:
    """Write `manifest.json` about all files now in `folder`; `source` is the file that they were made from."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    content = {
        "source": {"name": source.name, "bytes": source.stat().st_size, "sha256": sha256_of(source)},
        "files": {
            path.relative_to(folder).as_posix(): {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
            for path in files
        },
    }
    (folder / MANIFEST).write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def read_files(folder: Path) -> Mapping[str, tuple[int, str]] | None:
    """File name to (bytes, sha256) as the manifest says, or None when there is no readable manifest."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {name: (int(entry["bytes"]), str(entry["sha256"])) for name, entry in content["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def is_intact(folder: Path, *, full: bool) -> bool:
    """Whether every file of the manifest is there with its size and, if small or `full`, its sha256."""
    files = read_files(folder)
    if not files:
        return False
    for name, (size, digest) in files.items():
        path = folder / name
        try:
            if path.stat().st_size != size:
                return False
            if (full or size < _SMALL) and sha256_of(path) != digest:
                return False
        except OSError:
            return False
    return True


def fingerprint(folder: Path) -> str:
    """Twelve hex digits that change with weights or tokenizer: from the manifest, else from the files themselves."""
    files = read_files(folder)
    if files is None:
        kinds = (".safetensors", ".bin", ".json", ".txt", ".model")
        paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in kinds)
        files = {path.relative_to(folder).as_posix(): (0, sha256_of(path)) for path in paths}
    summary = "\n".join(f"{name} {digest}" for name, (_, digest) in sorted(files.items()))
    return hashlib.sha256(summary.encode("utf-8")).hexdigest()[:12]
