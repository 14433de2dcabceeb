"""Measures matching: a backlog, a new day, a run with nothing new; beside brute force and the bare encoder."""

from __future__ import annotations

import csv
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sentence_transformers import SentenceTransformer

from models.encoder.cached import CachedEmbedder, MemoryStore
from models.encoder.embedder import SentenceTransformerEmbedder
from models.encoder.unpack import unpack_encoder

if TYPE_CHECKING:
    from bench import Measured

ROOT = Path(__file__).parents[1]
N_LINES = 2_000
DAY = 30
N_TEXTS = 300


def write_backlog(folder: Path, n_notifications: int) -> tuple[Path, Path, Path]:
    """A list of exporters, a backlog and a new day, all from the labelled cities, every title made unique."""
    cities = sorted((ROOT / "models" / "data").glob("city_*"))
    notifications = [
        json.loads(line) for city in cities for line in (city / "notifications.jsonl").read_text("utf-8").splitlines()
    ]
    rows = [row for city in cities for row in csv.DictReader((city / "exporters.csv").open(encoding="utf-8-sig"))]
    exporters, backlog, day = folder / "exporters.csv", folder / "backlog.jsonl", folder / "day.jsonl"
    with exporters.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), extrasaction="ignore")
        writer.writeheader()
        for place in range(N_LINES):
            row = rows[place % len(rows)]
            writer.writerow(row | {"企业编号": f"{row['企业编号']}-{place // len(rows)}", "统一社会信用代码": ""})
    for path, first, count in ((backlog, 0, n_notifications), (day, n_notifications, DAY)):
        with path.open("w", encoding="utf-8") as file:
            for place in range(first, first + count):
                item = notifications[place % len(notifications)]
                title = f"{item['title']} ({place})"
                unique = {"id": f"N{place}", "symbols": [], "title": title}
                file.write(json.dumps(item | unique, ensure_ascii=False) + "\n")
    return exporters, backlog, day


def bench_matching(
    folder: Path, n_notifications: int, tbtwatch: str, measure: Callable[[list[str], dict[str, str]], Measured]
) -> list[str]:
    """Sections of the report."""
    home = folder / "matching"
    exporters, backlog, day = write_backlog(folder, n_notifications)
    env = {"TBTWATCH_MATCH__ENCODER_CACHE": os.environ.get("TBTWATCH_MATCH__ENCODER_CACHE", str(folder / "encoder"))}
    command = [tbtwatch, "--home", str(home)]
    measure([*command, "import", "exporters", str(exporters)], env)
    measure([*command, "import", "notifications", str(backlog)], env)
    whole = measure([*command, "match"], env)
    idle = measure([*command, "match"], env)
    measure([*command, "import", "notifications", str(day)], env)
    new_day = measure([*command, "match"], env)
    cached, bare = _texts_a_second(Path(env["TBTWATCH_MATCH__ENCODER_CACHE"]))
    pairs = n_notifications * N_LINES
    brute = _brute_force(n_notifications)
    return [
        "## Matching",
        "",
        f"{n_notifications:,} notifications with unique titles, {N_LINES:,} product lines, `tbtwatch match` with the "
        "embedded encoder, encoding included.",
        "",
        "| what | seconds | peak memory | per second |",
        "|---|---|---|---|",
        f"| the whole backlog, nothing encoded before | {whole.seconds:.0f} | {whole.peak_mb:.0f} MB "
        f"| {pairs / whole.seconds:,.0f} pairs |",
        f"| a new day: {DAY} notifications on top | {new_day.seconds:.1f} | {new_day.peak_mb:.0f} MB | |",
        f"| nothing new | {idle.seconds:.1f} | {idle.peak_mb:.0f} MB | |",
        f"| numpy alone: the matrix of cosines of as many vectors | {brute:.2f} | | {pairs / brute:,.0f} pairs |",
        f"| encoding through the cache, {N_TEXTS} new texts | {N_TEXTS / cached:.1f} | | {cached:.0f} texts |",
        f"| `SentenceTransformer.encode` alone, the same texts | {N_TEXTS / bare:.1f} | | {bare:.0f} texts |",
        "",
        "A cosine says little of a pair; the lexicon, the codes and the head are what the rest of the time goes into. "
        "Most pairs are never weighed: lines are looked up by concept, code, words and nearness.",
        "",
    ]


def _texts_a_second(cache: Path) -> tuple[float, float]:
    folder = unpack_encoder(cache)
    texts = [f"specification for industrial product number {place} and its parts" for place in range(N_TEXTS)]
    embedder = SentenceTransformerEmbedder(folder)
    embedder.encode_queries(["warm"])
    started = time.perf_counter()
    CachedEmbedder(embedder, MemoryStore()).encode_queries(texts)
    cached = N_TEXTS / (time.perf_counter() - started)
    model = SentenceTransformer(str(folder))
    model.encode(["warm"])
    started = time.perf_counter()
    model.encode([f"query: {text}" for text in texts], show_progress_bar=False)
    return cached, N_TEXTS / (time.perf_counter() - started)


def _brute_force(n_notifications: int) -> float:
    rng = np.random.default_rng(0)
    queries = rng.standard_normal((n_notifications, 384)).astype(np.float32)
    lines = rng.standard_normal((N_LINES, 384)).astype(np.float32)
    started = time.perf_counter()
    _ = queries @ lines.T
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit("run tools/bench.py")
