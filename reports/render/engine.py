"""The one call of the Typst engine: files in memory, fonts of a plan, no network, no clock."""

from __future__ import annotations

from typing import Literal

import typst

from reports.fonts import FontPlan, engine_fonts
from warehouse.errors import StageError


def run_typst(
    files: dict[str, bytes],
    fonts: FontPlan,
    form: Literal["pdf", "png"],
    *,
    ppi: float | None = None,
    timestamp: int | None = None,
) -> bytes:
    """Compile `files` (name -> content; the template is "main.typ") to a PDF or a one-page PNG.

    `timestamp`: seconds since 1970, stands in the PDF. StageError if the engine refuses the input.
    """
    try:
        made = typst.compile(  # type: ignore[call-overload]  # its stubs do not know the dict of files that it takes
            files,
            format=form,
            ppi=ppi,
            font_paths=engine_fonts(fonts.font_paths, use_system=fonts.use_system),
            timestamp=timestamp,
        )
    except typst.TypstError as error:
        raise StageError(
            f"PDF排版失败：{error}", "请保留本月数据并将此信息反馈给维护人员；Word版和网页版不受影响。"
        ) from error
    return bytes(made)
