"""What somebody changed in a Word draft: texts of controls, and text outside them, which no merge brings in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Final

from reports.editing.outline import Control, Outline, OutsideText, bookmark_of

_FIRST_WORDS: Final = 24
# 对我市影响（某某撰写）： stands in the paragraph of its text, outside the control, and changes with who wrote that
_LABEL: Final = re.compile(r"([^：（）\n]{1,12})(?:（[^（）\n]*）)?：")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedText:
    """A control whose text differs from the draft; `text` is "" where it was emptied."""

    slot: str  # preface, content, effect, advice, hint:N, correction:N
    case_id: str
    drafted: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideChange:
    """A paragraph outside the controls that was changed, added or removed."""

    kind: str  # "changed", "added", "removed"
    heading: str
    first_words: str


def split_tag(tag: str) -> tuple[str, str]:
    """`content:G/TBT/N/USA/1` as ("content", "G/TBT/N/USA/1"); `hint:1` and `preface` have no case."""
    name, _, rest = tag.partition(":")
    return (name, rest) if name in {"content", "effect", "advice"} else (tag, "")


def tag_of(slot: str, case_id: str) -> str:
    """The tag of a slot, as in the Word file."""
    return f"{slot}:{case_id}" if case_id else slot


def with_tags(outline: Outline, tags: Mapping[str, str]) -> Outline:
    """The outline with tags in the place of names of bookmarks, as far as they are known (name to tag)."""
    controls = tuple(replace(each, tag=tags.get(each.tag, each.tag)) for each in outline.controls)
    return replace(outline, controls=controls)


def nearest(versions: Sequence[Outline], edited: Outline) -> Outline:
    """The version that was edited: the first of those that share most paragraphs and texts of controls with it.

    Tags must have been put in (`with_tags`).
    """
    outside = {text.text for text in edited.outside}
    controls = {(each.tag, each.text) for each in edited.controls}

    def shared(version: Outline) -> int:
        said = {(each.tag, each.text) for each in version.controls}
        return len(outside & {text.text for text in version.outside}) + len(controls & said)

    return max(versions, key=shared)


def changed_texts(baseline: Outline, edited: Outline) -> tuple[ChangedText, ...]:
    """The controls that differ, in the order of the draft; one that is gone is an outside change."""
    drafted = {control.tag: control for control in baseline.controls}
    found = []
    for control in _tagged(baseline, edited):
        before = drafted.get(control.tag)
        said = _said(before.text, is_placeholder=before.is_placeholder) if before else ""
        # a placeholder that an editor has made plain text is still nobody's words
        untouched = before is not None and before.is_placeholder and control.text == before.text
        text = _said(control.text, is_placeholder=control.is_placeholder or untouched)
        if text != said:
            slot, case_id = split_tag(control.tag)
            found.append(ChangedText(slot=slot, case_id=case_id, drafted=said, text=text))
    return tuple(found)


def outside_changes(baseline: Outline, edited: Outline) -> tuple[OutsideChange, ...]:
    """Paragraphs outside the controls that differ, in reading order, and controls that were removed.

    Who wrote a text is said in the label before it, by the program: a label that differs in this is no change.
    """
    before, after = baseline.outside, edited.outside
    matcher = SequenceMatcher(
        None, [_without_writer(part.text) for part in before], [_without_writer(part.text) for part in after],
        autojunk=False,
    )  # fmt: skip
    found: list[OutsideChange] = []
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        if kind == "equal":
            continue
        paired = min(end - start, new_end - new_start)
        found += [_outside("changed", part) for part in after[new_start : new_start + paired]]
        found += [_outside("added", part) for part in after[new_start + paired : new_end]]
        found += [_outside("removed", part) for part in before[start + paired : end]]
    here = {control.tag for control in _tagged(baseline, edited)}
    gone = (control for control in baseline.controls if control.tag not in here)
    found += [OutsideChange(kind="removed", heading="", first_words=_first(each.text or each.tag)) for each in gone]
    return tuple(found)


def _tagged(baseline: Outline, edited: Outline) -> tuple[Control, ...]:
    """The controls that came back, under the tags that went out."""
    tags = {bookmark_of(control.tag): control.tag for control in baseline.controls}
    return tuple(replace(control, tag=tags.get(control.tag, control.tag)) for control in edited.controls)


def _said(text: str, *, is_placeholder: bool) -> str:
    return "" if is_placeholder else text


def _without_writer(text: str) -> str:
    label = _LABEL.fullmatch(text)
    return label[1] if label else text


def _outside(kind: str, part: OutsideText) -> OutsideChange:
    return OutsideChange(kind=kind, heading=part.heading, first_words=_first(part.text))


def _first(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _FIRST_WORDS else f"{line[:_FIRST_WORDS]}…"
