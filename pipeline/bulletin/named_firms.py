"""Whether a text for the public issue names a firm of the list, however it is spaced, by its whole or its own name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator

_BRACKET = r"(?:（[^（）]*）)?"
_LEGAL_FORM = re.compile(rf"{_BRACKET}(?:集团)?(?:股份|有限责任|有限|责任)*公司{_BRACKET}$|集团$")
_SHORTEST = 4  # characters of a whole name that is looked for; a shorter one is a common word
_SHORTEST_OWN = 5  # characters of what is left of a name without place and legal form
_PLACE = 2  # characters of a place at the head of names, with 省 or 市 behind it or not
_SHARED = 3  # so many firms of the list beginning alike begin with a place


def named_firm(text: str, names: Collection[str]) -> str:
    """Return the first of `names` that `text` names, "" where it names none.

    A name is looked for as a whole and without the place at its head and the legal form at its end.
    """
    said = _bare(text)
    heads = Counter(_bare(name)[:_PLACE] for name in set(names))
    places = {head for head, n in heads.items() if n >= _SHARED}
    return next((name for name in names if any(form in said for form in _forms(name, places))), "")


def _forms(name: str, places: Collection[str]) -> Iterator[str]:
    whole = _bare(name)
    if len(whole) >= _SHORTEST:
        yield whole
    own = _LEGAL_FORM.sub("", whole)
    while own[:_PLACE] in places:
        own = own[_PLACE:].removeprefix("省").removeprefix("市")
    if len(own) >= _SHORTEST_OWN:
        yield own


def _bare(text: str) -> str:
    return "".join(text.split()).replace("(", "（").replace(")", "）").casefold()
