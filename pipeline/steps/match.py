"""`tbtwatch match`: scores what is new or changed against the open product lines."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from models.encoder.cached import CachedEmbedder
from models.encoder.embedder import Embedder, SentenceTransformerEmbedder
from models.encoder.hashing import HashEmbedder
from models.encoder.unpack import unpack_encoder
from models.matching import Explanation, Head, Matcher, load_head, load_policy
from pipeline.context import Context, Run, run_step
from warehouse.connection import Connection, open_reader
from warehouse.errors import InputError
from warehouse.facts import notification_ids_named, read_notifications, read_open_lines
from warehouse.judgements import find_pairs
from warehouse.match_store import (
    WarehouseVectorStore,
    parent_ids,
    pending_notifications,
    store_matches,
)
from warehouse.query import Row, fetch_all
from warehouse.records import Notification

# so many notifications are matched and stored at a time: memory stays flat and a killed run loses little
_BATCH = 500


def match(context: Context) -> Run:
    """Match every notification whose content, parent, register or model changed since it was matched last.

    Counts: notifications matched, pairs scored, pairs found direct and indirect.
    """
    with run_step(context, "match") as run:
        lines = read_open_lines(run.con)
        if not lines:
            raise InputError("企业清单为空，无法匹配。", "请先运行 tbtwatch import exporters 企业清单.csv。")
        embedder = CachedEmbedder(open_embedder(context), WarehouseVectorStore(run.con))
        matcher = Matcher(embedder, open_head(context), load_policy())
        version = f"{matcher.model_version}+{matcher.rules_version}"
        pending = pending_notifications(run.con, model_version=version)
        run.counts.update(n_notifications=len(pending), n_candidates=0, n_direct=0, n_indirect=0)
        for start in range(0, len(pending), _BATCH):
            batch = pending[start : start + _BATCH]
            notifications = read_notifications(run.con, [item.notification_id for item in batch])
            parent_ids = {item.notification_id: item.parent_id for item in batch if item.parent_id}
            parents = {n.notification_id: n for n in read_notifications(run.con, sorted(set(parent_ids.values())))}
            inherited = {child: parents[parent] for child, parent in parent_ids.items()}
            found = [
                candidate
                for result in matcher.match(notifications, lines, inherited=inherited)
                for candidate in result.candidates
            ]
            store_matches(run.con, batch, found, model_version=version, run_id=run.run_id, now=run.now)
            run.counts["n_candidates"] += len(found)
            run.counts["n_direct"] += sum(1 for m in found if m.relation.value == "direct")
            run.counts["n_indirect"] += sum(1 for m in found if m.relation.value == "indirect")
    return run


def open_embedder(context: Context) -> Embedder:
    """Return the encoder that the settings name; nothing is loaded before the first text is encoded."""
    name = context.settings.match.encoder
    if name == "hashing":
        return HashEmbedder()
    if name == "embedded":
        cache = Path(context.settings.match.encoder_cache or context.home.cache).expanduser()
        return SentenceTransformerEmbedder(unpack_encoder(cache))
    return SentenceTransformerEmbedder(name)


def open_head(context: Context) -> Head:
    """Return the head that this office trained (`tbtwatch train`), else the bundled one."""
    own = context.home.head
    return load_head(own if own.exists() else None)


def read_matches(context: Context, *, include_all: bool) -> list[Row]:
    """Return the stored matches, best first; with `include_all` every scored candidate."""
    with open_reader(context.home.warehouse) as con:
        return fetch_all(con, "queries/matches", {"all": include_all})


def explain(
    context: Context, notification: str, exporter_id: str, product_name: str | None
) -> list[tuple[str, Explanation]]:
    """Score the pairs of one notification and one firm again and return them with all evidence, by product name.

    Without a product name every open line of the firm is explained, also those that the machine passed over.
    """
    with open_reader(context.home.warehouse) as con:
        found = find_notification(con, notification)
        lines = [line for line in read_open_lines(con) if line.exporter_id == exporter_id]
        chosen = [line for line in lines if product_name in (None, line.product_name)]
        if not chosen:
            # says which part was not found
            find_pairs(con, notification, exporter_id, product_name or "")
        parents = read_notifications(con, parent_ids(con, found.notification_id))
        matcher = Matcher(open_embedder(context), open_head(context), load_policy())
        parent = parents[0] if parents else None
        return [(line.product_name, matcher.explain(found, line, parent)) for line in chosen]


def find_notification(con: Connection, key: str) -> Notification:
    """Return the notification with this id or symbol, else the latest one of this case; InputError if there is none."""
    found = read_notifications(con, notification_ids_named(con, key))
    exact = [item for item in found if item.notification_id == key or key in item.symbols]
    if found:
        return max(exact or found, key=lambda item: (item.distribution_date or date.min, item.notification_id))
    raise InputError(f"没有这件通报：{key}", "请写通报号（如 G/TBT/N/EU/1234）或 matches 导出表中的编号。")
