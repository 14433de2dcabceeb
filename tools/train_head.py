"""Learn the bundled matching head from the labelled cities and write it with its card (`make train`).

Deterministic for one set of installed packages. `city_g` is held out: the head never sees it.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from models.encoder.cached import CachedEmbedder, MemoryStore
from models.encoder.embedder import Embedder, SentenceTransformerEmbedder
from models.encoder.unpack import unpack_encoder
from models.matching import load_policy
from models.matching.head import Head, head_text
from models.training.card import card_text
from models.training.examples import LabelledSet, rows_of
from models.training.figures import Figures, figures
from models.training.fit import decisions
from models.training.learn import learn
from pipeline.labelled import HELD_OUT, bundled_cities, read_city

ROOT = Path(__file__).resolve().parent.parent
HEAD = ROOT / "models" / "heads" / "matching.json"
CARD = ROOT / "models" / "cards" / "matching.md"
ABOUT = ROOT / "models" / "cards" / "about-matching.md"


def main() -> int:
    """Train, write head and card, print the figures."""
    cache = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "var" / "cache"
    embedder = CachedEmbedder(SentenceTransformerEmbedder(unpack_encoder(cache)), MemoryStore())
    learned = learn(bundled_cities(), embedder, load_policy(), trained_on=f"{datetime.now(tz=UTC):%Y-%m-%d}")
    HEAD.write_text(head_text(learned.head), encoding="utf-8")
    measured = _measured(learned.head, embedder, ROOT / "models" / "data" / HELD_OUT)
    about = ABOUT.read_text(encoding="utf-8")
    CARD.write_text(card_text(learned, about=about, held_out={HELD_OUT: measured}), encoding="utf-8")
    print(CARD.read_text(encoding="utf-8"))
    return 0


def _measured(head: Head, embedder: Embedder, folder: Path) -> Figures:
    labelled: LabelledSet = read_city(folder)
    rows = rows_of(labelled, embedder, load_policy())
    return figures(
        labelled.labels, decisions(rows, head.probabilities(rows.values), head.direct_from, head.related_from)
    )


if __name__ == "__main__":
    sys.exit(main())
