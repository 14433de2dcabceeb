"""HTML fragments as text."""

from __future__ import annotations

import html
from typing import Final

from bs4 import BeautifulSoup

from crawlers.formats.text import clean_block

_BLOCKS: Final = ("p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4")


def plain(markup: str) -> str:
    """The text of an HTML fragment, its blocks as lines."""
    if "<" not in markup:
        return clean_block(html.unescape(markup))
    soup = BeautifulSoup(markup, "html.parser")
    for block in soup.find_all(_BLOCKS):
        block.append("\n\n")
    return clean_block(soup.get_text())
