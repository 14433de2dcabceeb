"""Writes docs/images/mail-*.png: each mail of the invented sample as a phone (375 px) and a desk (1024 px) show it.

`python tools/make_mail_pictures.py [FOLDER]`; needs Debian's chromium and its CJK fonts (`make system`). `make check`
does not compare them: fonts differ between machines.
"""

from __future__ import annotations

import sys
import tempfile
from email.message import EmailMessage
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "reports"))

from mail_browser import picture  # noqa: E402
from mail_sample import FACTS, HEAD, UPDATE, UPDATE_HEAD, digest  # noqa: E402

from reports.mail import build_alert, build_digest, build_update  # noqa: E402

WIDTHS = (375, 1024)
COLOURS = 48  # text on few grounds


def mails() -> dict[str, EmailMessage]:
    """The mails to show, by name of picture."""
    return {
        "mail-alert": build_alert(FACTS, HEAD),
        "mail-update": build_update(UPDATE, UPDATE_HEAD),
        "mail-daily": build_digest(digest(3), HEAD),
    }


def main() -> int:
    """Write the pictures and say how large they are."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        for mail_name, message in mails().items():
            body = message.get_body(("html",))
            assert body is not None
            for width in WIDTHS:
                raw, out = scratch / "raw.png", folder / f"{mail_name}-{width}.png"
                picture(body.get_content(), width, raw, scratch)
                with Image.open(raw) as image:
                    cut = image.convert("RGB").crop((0, 0, width, image.height))
                    cut.quantize(COLOURS, dither=Image.Dither.NONE).save(out, optimize=True)
                print(f"written: {out} ({out.stat().st_size // 1024} kB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
