"""A mail's page as a phone shows it: laid out by Debian's chromium in a frame of that width."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

CHROMIUM = shutil.which("chromium")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--blink-settings=imagesEnabled=false",
)
# The window has a least width of its own, a frame has not.
_HOST = """<!DOCTYPE html><meta charset="utf-8"><body style="margin:0;background:#eef1f4">
<iframe id="mail" style="border:0;display:block;width:{width}px;height:{height}px" srcdoc="{page}"></iframe>
<pre id="layout"></pre>
<script>
document.getElementById("mail").onload = event => {{
  const page = event.target.contentDocument, root = page.documentElement;
  const links = [...page.querySelectorAll("a")].map(a => a.getBoundingClientRect());
  const texts = [...page.querySelectorAll("td, td *")].filter(
    e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && e.getBoundingClientRect().width > 2);
  document.getElementById("layout").textContent = JSON.stringify({{
    width: root.scrollWidth,
    height: page.body.scrollHeight,
    links: links.map(box => Math.round(box.height)),
    right: Math.max(...texts.map(e => e.getBoundingClientRect().right)),
    fonts: Math.min(...texts.map(e => parseFloat(getComputedStyle(e).fontSize))),
  }});
  document.getElementById("layout").hidden = true;
}};
</script>"""
_LAYOUT = re.compile(r'<pre id="layout"[^>]*>(.*?)</pre>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Layout:
    """CSS pixels."""

    width: int  # scrollWidth of the page
    height: int
    link_heights: tuple[int, ...]
    right: float  # right edge of the text furthest right
    smallest_font: float


def measure(page: str, width: int, scratch: Path) -> Layout:
    """Lay `page` out at `width`; `scratch` is an existing folder for the browser's files."""
    host = _host(page, width, height=800, scratch=scratch)
    dom = _run([f"--window-size={max(width, 600)},900", "--dump-dom", host.as_uri()], scratch).stdout.decode()
    found = _LAYOUT.search(dom)
    if found is None or not found[1]:
        raise RuntimeError("the browser gave no layout")
    values = json.loads(html.unescape(found[1]))
    return Layout(
        width=values["width"],
        height=values["height"],
        link_heights=tuple(values["links"]),
        right=values["right"],
        smallest_font=values["fonts"],
    )


def picture(page: str, width: int, out: Path, scratch: Path, *, height: int | None = None) -> None:
    """Write a PNG of the page, its whole height unless told otherwise; the window may be wider than `width`."""
    tall = height or measure(page, width, scratch).height
    host = _host(page, width, height=tall, scratch=scratch)
    _run([f"--window-size={max(width, 600)},{tall}", f"--screenshot={out}", host.as_uri()], scratch)


def _host(page: str, width: int, *, height: int, scratch: Path) -> Path:
    host = scratch / "host.html"
    text = _HOST.format(width=width, height=height, page=html.escape(page))
    host.write_text(text, encoding="utf-8")
    return host


def _run(arguments: list[str], scratch: Path) -> subprocess.CompletedProcess[bytes]:
    if CHROMIUM is None:
        raise RuntimeError("chromium is not installed")
    command = [CHROMIUM, *_FLAGS, f"--user-data-dir={scratch / 'profile'}", *arguments]
    return subprocess.run(command, check=True, capture_output=True, timeout=180)
