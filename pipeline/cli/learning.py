"""`tbtwatch train`, `evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.output import Output, session_of

if TYPE_CHECKING:  # the command line starts without numpy and scikit-learn
    from collections.abc import Mapping

    from models.training.figures import Figures

_GROUPS_ZH = {
    "with HS codes": "有 HS 编码",
    "without HS codes": "无 HS 编码",
    "no area": "未注明 TBT/SPS",
}
_LANGUAGES_ZH = {
    "zh": "中文", "en": "英文", "es": "西班牙文", "fr": "法文", "pt": "葡萄牙文", "ru": "俄文", "ar": "阿拉伯文",
    "ja": "日文",
    "th": "泰文", "ko": "韩文",
}  # fmt: skip
_KINDS_ZH = {"missed": "漏判", "false": "误判"}
_COLUMNS = ("", "直接：准确率", "召回率", "F1", "逐件F1", "误报率", "直接或间接F1", "通报")
TRAIN_WORDS = {"n_examples": "示例通报", "n_judged": "本单位研判", "n_pairs": "学习的比对"}


def train(context: typer.Context) -> None:
    """用随软件的示例和本单位的研判结论重新训练匹配模型。"""
    from pipeline.steps.train import train as run_train

    session = session_of(context)
    run, learned, path = run_train(session.context)
    _print_figures(session.output, {"示例交叉验证": learned.overall})
    session.output.line(f"模型已保存：{path}（{learned.head.version}）。下次运行 tbtwatch match 将全部重新比对。")
    session.output.line("要恢复随软件提供的模型，删除该文件即可。")
    session.output.finish(run, TRAIN_WORDS)


def evaluate(
    context: typer.Context,
    gold: Annotated[Path, typer.Argument(help="标注文件（.json）", metavar="标注")],
    errors: Annotated[int, typer.Option("--errors", help="列出多少条最严重的误判和漏判", min=0)] = 20,
) -> None:
    """用人工标注衡量已有的匹配结果：准确率、召回率、F1、误报，按语言、领域、有无 HS 编码分列。"""
    from dataclasses import asdict

    from pipeline.steps.evaluate import evaluate as run_evaluate

    session = session_of(context)
    found = run_evaluate(session.context, gold, n_mistakes=errors)
    _print_figures(
        session.output, {"全部": found.overall} | {_group_zh(key): value for key, value in found.groups.items()}
    )
    if found.mistakes:
        session.output.table(
            ("", "通报", "题名", "企业", "产品", "机器的理由"),
            [
                (_KINDS_ZH[m.kind], m.symbol, m.title[:40], m.exporter_id, m.product_name, m.reason[:60])
                for m in found.mistakes
            ],
        )
    session.output.result(
        {
            "overall": asdict(found.overall),
            "groups": {name: asdict(value) for name, value in found.groups.items()},
            "errors": [asdict(mistake) for mistake in found.mistakes],
        }
    )


def _group_zh(name: str) -> str:
    if name.startswith("language "):
        code = name.removeprefix("language ")
        return _LANGUAGES_ZH.get(code, code)
    return _GROUPS_ZH.get(name, name)


def _print_figures(output: Output, rows: Mapping[str, Figures]) -> None:
    output.table(
        _COLUMNS,
        [
            (
                name,
                f"{found.direct.precision:.3f}",
                f"{found.direct.recall:.3f}",
                f"{found.direct.f1:.3f}",
                f"{found.mean_f1:.3f}",
                f"{found.false_alarms:.1%}",
                f"{found.related.f1:.3f}",
                str(found.n_notifications),
            )
            for name, found in rows.items()
        ],
    )


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    app.command("train")(train)
    app.command("evaluate")(evaluate)
