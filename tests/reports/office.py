"""LibreOffice as another office's machine: one conversion, with the fonts that `reports/fontconfig.conf` tells it."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from importlib import resources
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
import pytest

needs_office = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


def converted(source: Path, form: str, folder: Path) -> Path:
    """`source` as `form` ("pdf", "docx") in `folder`."""
    folder.mkdir(exist_ok=True)
    profile = f"-env:UserInstallation={(source.parent / 'profile').as_uri()}"
    office = ["soffice", "--headless", profile, "--convert-to", form, "--outdir", str(folder), str(source)]
    with resources.as_file(resources.files("reports").joinpath("fontconfig.conf")) as fonts:
        command = ["env", f"FONTCONFIG_FILE={fonts}", *office]
        done = subprocess.run(command, check=True, capture_output=True, timeout=180)
    result = folder / f"{source.stem}.{form}"
    assert result.exists(), done.stderr.decode()
    return result


def fonts_of(raw: bytes) -> dict[str, bool]:
    """Names of the fonts that draw text in a PDF (without the tag of the subset): whether the file carries them."""
    found: dict[str, bool] = {}
    pdf = pypdfium2.PdfDocument(raw)
    try:
        for page in pdf:
            for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT], max_depth=8):
                font = pdfium.FPDFTextObj_GetFont(item.raw)
                buffer = ctypes.create_string_buffer(pdfium.FPDFFont_GetBaseFontName(font, None, 0))
                pdfium.FPDFFont_GetBaseFontName(font, buffer, len(buffer))
                found[buffer.value.decode().split("+")[-1]] = bool(pdfium.FPDFFont_GetIsEmbedded(font))
    finally:
        pdf.close()
    return found


def n_pages(raw: bytes) -> int:
    """Pages of a PDF."""
    pdf = pypdfium2.PdfDocument(raw)
    try:
        return len(pdf)
    finally:
        pdf.close()
