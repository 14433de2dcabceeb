"""Writes docs/images/site-*.png: the first page of the public site, invented facts, on a phone and on a desk.

`python tools/make_site_pictures.py [FOLDER]`; needs Debian's chromium and its CJK fonts (`make system`). `make check`
does not compare them: fonts differ between machines.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "reports"))

from site_browser import browser  # noqa: E402
from site_sample import TODAY, facts  # noqa: E402

from reports.site.build import site_files  # noqa: E402

HEIGHTS = {375: 2200, 1024: 1500}  # of the picture by width of the page
COLOURS = 128  # text on few grounds


def main() -> int:
    """Write the pictures and say how large they are."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"
    with tempfile.TemporaryDirectory() as name, browser() as chromium:
        scratch = Path(name)
        for path, content in site_files(facts(40, with_hostile=False)):
            (scratch / path).parent.mkdir(parents=True, exist_ok=True)
            (scratch / path).write_bytes(content)
        for width, height in HEIGHTS.items():
            page = chromium.page(width, today=TODAY.isoformat())
            page.open(scratch / "index.html")
            raw, out = scratch / "raw.png", folder / f"site-{width}.png"
            page.picture(raw, height)
            with Image.open(raw) as image:
                image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(out, optimize=True)
            print(f"written: {out} ({out.stat().st_size // 1024} kB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
