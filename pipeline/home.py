"""The one folder that a run writes to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Home:
    """Paths under the home folder (`--home`, `TBTWATCH_HOME`, default `var/`)."""

    root: Path

    @property
    def settings(self) -> Path:
        """Settings file of this installation; may be absent."""
        return self.root / "tbtwatch.toml"

    @property
    def warehouse(self) -> Path:
        """The writer's database; analysts read `publish` instead. Its stem is its catalog name in SQL."""
        return self.root / "warehouse.duckdb"

    @property
    def landing(self) -> Path:
        """What was fetched or imported, one folder a source and run."""
        return self.root / "landing"

    @property
    def outbox(self) -> Path:
        """Mails as files, where the transport is `eml`."""
        return self.root / "outbox"

    @property
    def reports(self) -> Path:
        """Bulletins, one folder a month."""
        return self.root / "reports"

    @property
    def publish(self) -> Path:
        """The analysts' copy."""
        return self.root / "publish"

    @property
    def policies(self) -> Path:
        """The office's own response policies, where it has any."""
        return self.root / "policies"

    @property
    def workdays(self) -> Path:
        """The office's own table of holidays and working weekends, where it has one."""
        return self.root / "workdays.toml"

    @property
    def head(self) -> Path:
        """The office's own matching head, where `tbtwatch train` made one."""
        return self.root / "models" / "matching.json"

    @property
    def cache(self) -> Path:
        """What can be made again: the unpacked encoder."""
        return self.root / "cache"
