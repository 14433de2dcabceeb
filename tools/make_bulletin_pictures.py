"""Writes docs/images/bulletin-*.png: pages of the issue that the demo drafts, whose data are fictional.

`python tools/make_bulletin_pictures.py [FOLDER]` runs the demo in a scratch folder (some 40 s). `make check` does not
compare the pictures: fonts differ between machines.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pypdfium2
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
# name of the picture by words of the page that it shows: the first page that has them
PAGES = {
    "page1": "提要",
    "markets": "重点市场和重点领域相关措施",
    "measure": "对我市影响",
    "response": "72小时快速响应情况（单位",
}
SCALE = 1.4  # pixels a point
COLOURS = 64  # text and few grounds


def main() -> int:
    """Write the pictures and say how large they are."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"
    with tempfile.TemporaryDirectory() as name:
        run = "from pipeline.cli import main; main()"
        subprocess.run([sys.executable, "-c", run, "demo", "--folder", name], cwd=ROOT, check=True, capture_output=True)
        issue = next(Path(name).glob("reports/*/境外技术性贸易措施风险信息提示_*.pdf"))
        document = pypdfium2.PdfDocument(issue)
        texts = ["".join(page.get_textpage().get_text_bounded().split()) for page in document]
        for key, words in PAGES.items():
            page = next(number for number, text in enumerate(texts) if words in text)
            out = folder / f"bulletin-{key}.png"
            picture = document[page].render(scale=SCALE).to_pil().convert("RGB")
            picture.quantize(COLOURS, dither=Image.Dither.NONE).save(out, optimize=True)
            print(f"written: {out} (page {page + 1} of {len(texts)}, {out.stat().st_size // 1024} kB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
