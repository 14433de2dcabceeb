"""Which pairs are worth weighing: lines are looked up by concept, code, words and nearness, not compared one by one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from models.lexicon.concepts import ancestors, wholes
from models.lexicon.text import fold
from models.reading.codes import current_codes
from models.reading.line_profile import LineProfile
from models.reading.scope import Scope

_RUN = re.compile(r"[㐀-鿿]{3,}")
_GRAM = 3  # Chinese characters that name and text must share in a row
_NEAREST = 20  # lines a notification, by closeness of meaning alone


class LineIndex:
    """The product lines of a run, by what can bring them up."""

    def __init__(self, profiles: Sequence[LineProfile]) -> None:
        self._by_concept: dict[str, set[int]] = defaultdict(set)
        self._by_identity: dict[str, set[int]] = defaultdict(set)
        self._by_code: dict[str, set[int]] = defaultdict(set)
        self._by_gram: dict[str, set[int]] = defaultdict(set)
        for place, profile in enumerate(profiles):
            self._add(place, profile)

    def _add(self, place: int, profile: LineProfile) -> None:
        for own in profile.identity:
            self._by_identity[own].add(place)
            reached = {*ancestors(own), *(wide for whole in wholes(own) for wide in ancestors(whole))}
            for key in reached:
                self._by_concept[key].add(place)
        for use in (*profile.uses, *profile.attributes):
            for key in ancestors(use):
                self._by_concept[key].add(place)
        for code in current_codes(profile.hs_code):
            if len(code) >= 4:
                self._by_code[code[:4]].add(place)
        for gram in _grams(fold(profile.passage.split("：", 1)[0])):
            self._by_gram[gram].add(place)

    def candidates(self, scope: Scope, nearness: NDArray[np.float64]) -> list[int]:
        """Places of the lines to weigh, rising. `nearness`, shape (lines,), adds the nearest ones."""
        found: set[int] = set()
        for named in scope.named:
            found |= self._by_concept.get(named.concept, set())
            for wide in ancestors(named.concept):
                found |= self._by_identity.get(wide, set())
        for given in scope.hs_codes:
            for code in current_codes(given[:4] if len(given) == 5 else given):
                found |= self._by_code.get(code[:4], set()) if len(code) >= 4 else set()
        for gram in _grams(scope.goods_text):
            found |= self._by_gram.get(gram, set())
        if nearness.size:
            nearest = np.argsort(-nearness, kind="stable")[:_NEAREST]
            found.update(int(place) for place in nearest if nearness[place] > 0)
        return sorted(found)


def _grams(text: str) -> Iterable[str]:
    return {run[at : at + _GRAM] for run in _RUN.findall(text) for at in range(len(run) - _GRAM + 1)}
