"""`tbtwatch train`: the bundled examples and this office's judgements become the office's own head."""

from __future__ import annotations

from pathlib import Path

from models.encoder.cached import CachedEmbedder
from models.matching import load_policy
from models.matching.head import head_text
from models.training.examples import LabelledSet
from models.training.figures import Labels
from models.training.learn import Learned, learn
from pipeline.context import Context, Run, run_step
from pipeline.labelled import bundled_cities
from pipeline.steps.match import open_embedder
from warehouse.connection import Connection
from warehouse.facts import read_lines, read_notifications
from warehouse.judgements import read_judged
from warehouse.match_store import WarehouseVectorStore, parent_ids
from warehouse.records import Relation


def train(context: Context) -> tuple[Run, Learned, Path]:
    """Learn a head from the bundled examples and all judgements, and keep it in the home folder for `match`.

    Counts: examples, judged pairs, pairs weighed. The next `match` scores everything again, since the model changed.
    """
    with run_step(context, "train") as run:
        embedder = CachedEmbedder(open_embedder(context), WarehouseVectorStore(run.con))
        judged = judged_set(run.con)
        cities = bundled_cities()
        learned = learn(cities, embedder, load_policy(), judged=judged, trained_on=f"{context.now:%Y-%m-%d}")
        path = context.home.head
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(head_text(learned.head), encoding="utf-8")
        n_judged = sum(len(item.direct | item.indirect | item.rejected) for item in judged.labels)
        run.counts.update(
            n_examples=sum(len(city.labels) for city in cities), n_judged=n_judged, n_pairs=learned.n_pairs
        )
    return run, learned, path


def judged_set(con: Connection) -> LabelledSet:
    """Every pair that an officer decided on, with the latest decision, as labels."""
    decided: dict[str, dict[str, str]] = {}
    for row in read_judged(con):
        decided.setdefault(row["notification_id"], {})[row["line_id"]] = row["relation"]
    notifications = read_notifications(con, sorted(decided)) if decided else ()
    above = {item.notification_id: parent_ids(con, item.notification_id) for item in notifications}
    known = {n.notification_id: n for n in read_notifications(con, sorted({p for ids in above.values() for p in ids}))}
    line_ids = sorted({line_id for lines in decided.values() for line_id in lines})
    return LabelledSet(
        name="officers",
        notifications=notifications,
        parents={child: known[ids[0]] for child, ids in above.items() if ids},
        lines=read_lines(con, line_ids) if line_ids else (),
        labels=tuple(
            Labels(
                notification_id=key,
                direct=_of(lines, Relation.DIRECT),
                indirect=_of(lines, Relation.INDIRECT),
                rejected=_of(lines, Relation.NONE),
            )
            for key, lines in sorted(decided.items())
        ),
    )


def _of(lines: dict[str, str], relation: Relation) -> frozenset[str]:
    return frozenset(line_id for line_id, found in lines.items() if found == relation.value)
