"""One WTO notification document -> one `Observation`, whatever the bytes are; and its comparison with the search."""

from __future__ import annotations

from hashlib import sha256

from crawlers.formats.reporting import RowIssues
from crawlers.formats.wto_document.blocks import Opened, open_document
from crawlers.formats.wto_document.boxes import cut
from crawlers.formats.wto_document.compare import compare
from crawlers.formats.wto_document.fields import read_fields
from crawlers.formats.wto_document.header import read_header, symbols_in
from crawlers.formats.wto_document.text_blocks import UnreadableError
from warehouse.records import Issue, Notification, Observation, Severity

__all__ = ["compare", "read_document"]


def read_document(content: bytes, *, name: str, url: str = "") -> tuple[Observation, tuple[Issue, ...]]:
    """Read a .docx or .pdf notification (told by its bytes, never by `name`) into an observation and its issues.

    The payload holds: `name`, `url`, `sha256`, `form` ("docx", "pdf" or "" where it cannot be read), `boxes` (key of
    labels.toml -> text), `labels` (key -> label as printed), `unknown_boxes`, `articles`, `reason` (list of {reason,
    text, date}), `languages`, `pages`, `related_symbols`, `footnotes`, and `text`: all that stands in no box.
    `source_key` and `notification_id` are the first symbol, else `doc-` and a hash of the content. Never raises for
    the content: what cannot be read gives an error issue and an empty notification with `form` "".
    """
    digest = sha256(content).hexdigest()
    issues = RowIssues(name, None, f"doc-{digest[:12]}")
    payload: dict[str, object] = {"name": name, "url": url, "sha256": digest}
    try:
        opened = open_document(content)
    except UnreadableError as problem:
        issues.add(problem.code, Severity.ERROR, f"文件“{name}”{problem.message}。", next_step=problem.next_step)
        payload |= {"form": "", "boxes": {}, "text": ""}
        empty = Notification(notification_id=issues.subject, url=url)
        return Observation(source_key=issues.subject, payload=payload, notification=empty), tuple(issues.take())
    return _read(opened, payload, issues, url)


def _read(
    opened: Opened, payload: dict[str, object], issues: RowIssues, url: str
) -> tuple[Observation, tuple[Issue, ...]]:
    blocks = opened.blocks
    boxes = cut(blocks)
    header = read_header(blocks.header, boxes.preamble)
    if header.symbols:
        issues.subject = header.symbols[0].text
    fields = read_fields(header, boxes, blocks, issues, url=url)
    own = set(fields.notification.symbols)
    payload |= {
        "form": opened.form,
        "boxes": dict(boxes.texts),
        "labels": dict(boxes.label_texts),
        "unknown_boxes": dict(boxes.unknown),
        "articles": list(fields.articles),
        "reason": [
            {"reason": r.key, "text": r.text, "date": r.day.isoformat() if r.day else None} for r in fields.reasons
        ],
        "languages": fields.title.languages,
        "pages": fields.title.pages,
        "related_symbols": [s for s in symbols_in("\n".join(blocks.lines)) if s not in own],
        "footnotes": blocks.footnotes,
        "text": "\n".join([*blocks.header, *boxes.preamble]),
    }
    found = Observation(source_key=issues.subject, payload=payload, notification=fields.notification)
    return found, tuple(issues.take())
