"""The house rules that no linter of others knows."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("crawlers", "models", "pipeline", "reports", "warehouse")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
MAX_LINES = 400


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_modules_are_small_documented_and_annotated_for_the_future(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_LINES
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "every module says what it is for"
    has_code = len(tree.body) > 1
    assert not has_code or "from __future__ import annotations" in text


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_nothing_by_itself(package: str) -> None:
    tree = ast.parse((ROOT / package / "__init__.py").read_text(encoding="utf-8"))
    imported = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert not [node for node in imported if getattr(node, "module", "") != "__future__"]


def test_the_contract_loads_no_library() -> None:
    heavy = "{'duckdb', 'torch', 'transformers', 'scrapy', 'jinja2', 'docx', 'typst', 'numpy', 'openpyxl', 'pydantic'}"
    code = (
        "import sys, warehouse.records, warehouse.errors, warehouse.symbols, warehouse.members;"
        f"print(sorted({heavy} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
