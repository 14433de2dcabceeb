"""What was not taken of an edited file stands in the table of issues, each finding for itself."""

from __future__ import annotations

from pathlib import Path

from case_office import ONE, rows
from issue_office import AFTER, MONTH, drafted, filled_sheet, tb

CONTENT = f"content__{ONE}"


def test_each_finding_of_a_file_is_an_issue_of_its_own(office: Path) -> None:
    folder = drafted(office)
    first = filled_sheet(folder, "甲.xlsx", preface="甲的导语", **{CONTENT: "甲的内容"})
    second = filled_sheet(folder, "乙.xlsx", preface="乙的导语", **{CONTENT: "乙的内容"})
    assert tb(office, "report", "edit", "--month", MONTH, first, "--by", "甲", now=AFTER).code == 0
    done = tb(office, "report", "edit", "--month", MONTH, second, "--by", "乙", now=AFTER)
    assert done.code == 1
    found = rows(office, "SELECT field_name, message FROM issues WHERE code = 'report-text-refused' ORDER BY 1")
    assert [message.startswith(f"{place}：") for place, message in found] == [True, True]
    assert all(done.out.count(place) == 1 for place, _ in found)
