"""Stable identities: hashes that do not depend on key order or on the run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256


def canonical_json(value: object) -> str:
    """JSON with sorted keys and no blanks: equal values give equal text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def stand_in_id(payload: Mapping[str, object]) -> str:
    """An id for a row that states none: `row-` and twelve hexadecimal digits of its payload's hash."""
    return "row-" + sha256(canonical_json(payload).encode("utf-8", "surrogatepass")).hexdigest()[:12]
