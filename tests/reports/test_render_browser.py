from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pypdfium2
import pytest
from bulletin_sample import sample

from reports.bulletin.compose import compose_bulletin
from reports.render.html import render_html

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed")
def test_the_page_prints_on_a4_with_the_wide_annex_across(tmp_path: Path) -> None:
    page, out = tmp_path / "issue.html", tmp_path / "issue.pdf"
    page.write_text(render_html(compose_bulletin(sample(20))), encoding="utf-8")
    command = [
        "chromium",
        *FLAGS,
        f"--user-data-dir={tmp_path / 'profile'}",
        "--no-pdf-header-footer",
        f"--print-to-pdf={out}",
        page.as_uri(),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    pdf = pypdfium2.PdfDocument(out)
    try:
        sizes = [tuple(round(side) for side in sheet.get_size()) for sheet in pdf]
        text = "".join(sheet.get_textpage().get_text_bounded() for sheet in pdf)
    finally:
        pdf.close()
    assert sizes[0][1] > sizes[0][0]
    assert any(width > height for width, height in sizes)
    assert "重点通报解读" in text
    assert all(f"—{number}—" in re.sub(r"\s", "", text) for number in range(1, len(sizes) + 1))
