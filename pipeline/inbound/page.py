"""The unsubscribe page: `page.html` with the sentences of `page.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from string import Template


@cache
def page(name: str) -> str:
    """The page that says what stands under `name`, with its button if any; the form posts to its own address."""
    folder = files("pipeline.inbound")
    words = tomllib.loads(folder.joinpath("page.toml").read_text(encoding="utf-8"))[name]
    form = (
        f'<form method="post"><button name="confirm" value="page">{words["button"]}</button></form>'
        if "button" in words
        else ""
    )
    template = Template(folder.joinpath("page.html").read_text(encoding="utf-8"))
    return template.substitute(title=words["title"], text=words["text"], form=form)
