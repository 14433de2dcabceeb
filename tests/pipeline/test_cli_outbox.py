"""The outbox, the preview and the overview of cases as the command line shows them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

Cli = Callable[..., Any]
NOW = "2026-06-30T09:00+08:00"


def test_the_outbox_shows_what_became_of_each_mail_and_takes_the_officers_word(cli: Cli, home: Path) -> None:
    here = ("--home", home, "--now", NOW)
    sent = cli(*here, "alert", "send", "--unreviewed")
    assert "alert settle" in sent.out  # a file told nobody yet
    listed = cli("--json", *here, "alert", "outbox", "--state", "accepted").data["mails"]
    assert len(listed) == len(list((home / "outbox").iterdir())) > 1
    mail = listed[0]["mail_id"]
    table = cli(*here, "alert", "outbox").out
    assert all(item["mail_id"] in table for item in listed)
    assert f"共 {len(listed)} 封" in table
    assert "tbt-e0" not in table
    done = cli("--json", *here, "alert", "settle", mail, "--as", "failed", "--by", "甲", "--text", "电话核实未收到")
    assert (done.code, done.data["mail"]["state"]) == (0, "failed")
    (failed,) = cli("--json", *here, "alert", "outbox", "--state", "failed").data["mails"]
    assert "电话核实未收到" in failed["detail"]
    again = cli(*here, "alert", "settle", mail, "--as", "failed", "--by", "甲")
    assert again.code == 2
    assert "未送达" in again.err
    assert cli(*here, "alert", "settle", mail, "--as", "resend", "--by", "甲").code == 0
    assert cli("--json", *here, "alert", "send", "--unreviewed").data["counts"]["n_sent"] == 1


def test_the_preview_writes_the_mails_as_files_that_only_the_owner_reads(
    cli: Cli, prepared: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "shown"
    here = ("--home", prepared, "--now", NOW)
    done = cli(*here, "alert", "preview", "--unreviewed", "--out", folder)
    assert done.code == 0, done.err
    files = list(folder.iterdir())
    assert f"已写入 {len(files)} 封" in done.out
    assert files
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    in_the_way = tmp_path / "file"
    in_the_way.write_text("x", encoding="utf-8")
    refused = cli(*here, "alert", "preview", "--unreviewed", "--out", in_the_way)
    assert refused.code == 3
    assert "错误：" in refused.err
    assert not (prepared / "outbox").exists()


def test_overdue_and_answered_cases_are_shown_apart(cli: Cli, home: Path) -> None:
    late = ("--home", home, "--now", "2026-07-04T09:00+08:00")
    listed = cli(*late, "cases")
    assert "超时" in listed.out
    case_id = cli("--json", *late, "cases").data["cases"][0]["case_id"]
    refused = cli(*late, "case", "close", case_id, "--reason", "不涉及", "--by", "甲")
    assert refused.code == 2
    assert "--cause" in refused.err
    cli(*late, "case", "close", case_id, "--reason", "不涉及", "--by", "甲", "--cause", "backlog")
    assert not re.search(rf" {re.escape(case_id)} ", cli(*late, "cases").out)
    assert re.search(rf" {re.escape(case_id)} ", cli(*late, "cases", "--all").out)
