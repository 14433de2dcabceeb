"""A thousand alerts to a real mail server, the sender killed twenty times: each arrives once, no doubt is hidden."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from random import Random
from threading import Timer
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from case_office import BY, rows
from mail_servers import HOST, serving
from many_alerts import NOW, open_many

_SYMBOL = re.compile(r"G/TBT/N/ATL/\d+")
Cli = Callable[..., Any]
_CHANCE = Random(1867)  # noqa: S311  (when to kill, no secret)

# One warm process that forks a sender a line: imports are paid once. `at` is a function of the step, before or after
# its nth call, at which the sender kills itself.
_WARM = """
import itertools, json, os, signal, sys
from pipeline.cli import main
import pipeline.steps.send_alerts as step


def die_at(name, when, nth):
    whole, calls = getattr(step, name), itertools.count(1)

    def mortal(*arguments, **named):
        is_last = next(calls) == nth
        if is_last and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        given = whole(*arguments, **named)
        if is_last and when == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return given

    setattr(step, name, mortal)


for line in sys.stdin:
    call = json.loads(line)
    child = os.fork()
    if child == 0:
        sys.stdout = sys.stderr = open(os.devnull, "w")
        sys.argv = ["tbtwatch", *call["arguments"]]
        if call["at"]:
            die_at(*call["at"])
        try:
            main()
            code = 0
        except SystemExit as leaving:
            code = leaving.code or 0
        os._exit(code)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """Where a run is killed: in the sender (`queue_mails`, …), by the server at a step, or by the clock."""

    where: str
    nth: int = 1
    when: str = ""  # before or after, in the sender
    pause: float = 0.0  # seconds, until the server or the clock kills
    in_flight: tuple[int, ...]  # how many mails may be left as handed over without an answer


_BY_SERVER = {"ehlo", "mail", "rcpt", "content", "stored", "answered"}


def some_time_after_a_mail() -> Kill:
    return Kill(where="answered", nth=_CHANCE.randint(1, 40), pause=_CHANCE.uniform(0, 0.03), in_flight=(0, 1))


def by_the_clock(until: float) -> Kill:
    return Kill(where="clock", pause=_CHANCE.uniform(0, until), in_flight=(0, 1))


KILLS = (
    by_the_clock(0.5),
    by_the_clock(1.5),
    Kill(where="queue_mails", when="after", in_flight=(0,)),
    by_the_clock(3.0),
    Kill(where="ehlo", in_flight=(0,)),
    Kill(where="mail", nth=7, in_flight=(0,)),
    Kill(where="rcpt", nth=5, in_flight=(0,)),
    Kill(where="hand_over", when="before", nth=9, in_flight=(0,)),  # all but the last dot is out
    Kill(where="hand_over", when="after", nth=11, in_flight=(1,)),  # the same, and the outbox knows
    Kill(where="content", nth=13, in_flight=(1,)),  # the dot came, the server lost the mail
    Kill(where="stored", nth=8, in_flight=(1,)),  # the server has the mail, its answer never came
    Kill(where="finish_attempt", when="before", nth=15, in_flight=(1,)),  # the answer came, nobody wrote it down
    Kill(where="finish_attempt", when="after", nth=12, in_flight=(0,)),
    Kill(where="stored", nth=100, in_flight=(1,)),  # the last mail that a connection carries
    *(some_time_after_a_mail() for _ in range(5)),
    Kill(where="derive_events", when="before", in_flight=(0,)),  # everything is sent, nothing stands in the case log
)


@dataclass(slots=True)
class Server:
    """aiosmtpd's handler: keeps mails, and kills the sender at the step that it is told."""

    stored: list[tuple[str, bytes]] = field(default_factory=list)  # recipient and mail
    kill: Kill | None = None
    victim: int | None = None
    seen: Counter[str] = field(default_factory=Counter)  # steps of this run

    def arm(self, kill: Kill | None) -> None:
        self.kill, self.victim = kill, None
        self.seen.clear()

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        await self._reach("ehlo")
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await self._reach("mail")
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await self._reach("rcpt")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if await self._reach("content"):
            return "451 lost"
        assert isinstance(envelope.content, bytes)
        [recipient] = envelope.rcpt_tos
        self.stored.append((recipient, envelope.content))
        await self._reach("stored")
        self.seen["answered"] += 1
        if self.kill and (self.kill.where, self.kill.nth) == ("answered", self.seen["answered"]):
            asyncio.get_running_loop().call_later(self.kill.pause, self._strike)
        return "250 2.0.0 OK"

    async def _reach(self, step: str) -> bool:
        """Kill the sender if it is its time. The signal is there before any answer that is written after it."""
        self.seen[step] += 1
        if self.kill is None or (self.kill.where, self.kill.nth) != (step, self.seen[step]):
            return False
        while self.victim is None:
            await asyncio.sleep(0.001)
        self._strike()
        return True

    def _strike(self) -> None:
        if self.victim is not None:
            kill_quietly(self.victim)

    def message_ids(self) -> list[str]:
        return [_header(content, b"message-id") for _, content in self.stored]


def _header(content: bytes, name: bytes) -> str:
    found = re.search(rb"(?im)^" + name + rb":\s*(\S+)\r$", content)
    assert found
    return found.group(1).decode()


def kill_quietly(pid: int) -> None:
    """It may have ended in the meantime."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


@dataclass(slots=True)
class Sender:
    """`tbtwatch alert send`, run after run, each a quarter of an hour after the last."""

    home: Path
    server: Server
    warm: subprocess.Popen[str]
    n_runs: int = 0

    def arguments(self, *more: str) -> list[str]:
        self.n_runs += 1
        moment = NOW + self.n_runs * timedelta(minutes=15)
        return ["--home", str(self.home), "--now", moment.isoformat(), *more]

    def run(self, kill: Kill | None) -> int:
        """The exit code of a run that is killed as told."""
        self.server.arm(kill)
        at = [kill.where, kill.when, kill.nth] if kill and kill.when else None
        assert self.warm.stdin is not None
        assert self.warm.stdout is not None
        call = {"arguments": self.arguments("alert", "send", "--unreviewed"), "at": at}
        self.warm.stdin.write(json.dumps(call) + "\n")
        self.warm.stdin.flush()
        pid = self.server.victim = int(self.warm.stdout.readline())
        timer = Timer(kill.pause, kill_quietly, [pid]) if kill and kill.where == "clock" else None
        if timer:
            timer.start()
        code = int(self.warm.stdout.readline())
        self.server.victim = None
        if timer:
            timer.cancel()
            timer.join()
        return code

    def run_cold(self, kill: Kill | None = None) -> int:
        """The same as a user starts it: `python -m pipeline`."""
        self.server.arm(kill)
        command = [sys.executable, "-m", "pipeline", *self.arguments("alert", "send", "--unreviewed")]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            self.server.victim = process.pid
            code = process.wait()
            self.server.victim = None
        return code


@contextmanager
def sending(home: Path, server: Server) -> Iterator[Sender]:
    with serving(server) as port:
        (home / "tbtwatch.toml").write_text(
            f'[mail]\ntransport = "smtp"\nhost = "{HOST}"\nport = {port}\nsecurity = "none"\n'
            "[alerts]\ndaily_cap = 1000\n"
        )
        with subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", _WARM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as warm:
            yield Sender(home, server, warm)
            assert warm.stdin is not None
            warm.stdin.close()


def in_doubt(home: Path) -> dict[str, str]:
    """Message-IDs of the mails in doubt by mail_id."""
    return dict(rows(home, "SELECT mail_id, message_id FROM mails WHERE state = 'in-doubt'"))


def settle_as_an_officer(cli: Cli, sender: Sender) -> Counter[str]:
    """Ask the server what it has and write that down."""
    settled: Counter[str] = Counter()
    at_server = set(sender.server.message_ids())
    for mail_id, message_id in in_doubt(sender.home).items():
        finding = "arrived" if message_id in at_server else "resend"
        done = cli(*sender.arguments("alert", "settle", mail_id, "--as", finding, "--by", BY))
        assert done.code == 0
        settled[finding] += 1
    return settled


def told_at_the_server(server: Server) -> Counter[tuple[str, str]]:
    """How many mails tell each address of each case, read from the mails alone."""
    told: Counter[tuple[str, str]] = Counter()
    for recipient, content in server.stored:
        text: Any = message_from_bytes(content, policy=policy.default).get_body(("plain",))
        [symbol] = set(_SYMBOL.findall(text.get_content()))
        told[symbol, recipient] += 1
    return told


def test_a_thousand_alerts_arrive_once_each_though_the_sender_is_killed_twenty_times(tmp_path: Path, cli: Cli) -> None:
    home, server = tmp_path / "many", Server()
    expected = open_many(home, n_cases=50, n_firms=20)
    n_hit, settled = 0, Counter[str]()
    doubted: dict[str, bool] = {}  # Message-ID in doubt, unsettled: whether the server has it
    with sending(home, server) as sender:
        for number, kill in enumerate(KILLS, start=1):
            run = sender.run_cold if number % 7 == 6 and not kill.when and kill.where in _BY_SERVER else sender.run
            code = run(kill)
            is_hit = code == -signal.SIGKILL
            assert is_hit or (kill.where == "clock" and code in (0, 1)), (number, kill, code)
            n_hit += is_hit
            # what the run left behind
            states = dict(rows(home, "SELECT state, count(*) FROM mails GROUP BY state"))
            assert states.pop("sending", 0) in kill.in_flight, (number, kill)
            assert set(states) <= {"queued", "accepted", "in-doubt"}
            at_server = server.message_ids()
            assert max(Counter(at_server).values(), default=1) == 1
            # what is in doubt stays where it is until an officer says so
            now_in_doubt = set(in_doubt(home).values())
            assert set(doubted) <= now_in_doubt
            for message_id in now_in_doubt:
                assert doubted.setdefault(message_id, message_id in at_server) == (message_id in at_server)
            if number == 14:
                settled += settle_as_an_officer(cli, sender)
                doubted.clear()
        assert n_hit >= sum(kill.where != "clock" for kill in KILLS)
        # without kills: what the last one left in doubt, then what the officer wants sent again
        assert sender.run_cold() in (0, 1)
        assert not rows(home, "FROM mails WHERE state NOT IN ('accepted', 'in-doubt')")
        assert all((message_id in server.message_ids()) == had for message_id, had in doubted.items())
        settled += settle_as_an_officer(cli, sender)
        assert sender.run(None) == 0
        n_stored = len(server.stored)
        assert sender.run(None) == 0
        assert len(server.stored) == n_stored

    # both kinds of doubt came up, and the officer could tell them apart
    assert settled["arrived"] >= 2
    assert settled["resend"] >= 2
    assert max(Counter(server.message_ids()).values()) == 1
    told = told_at_the_server(server)
    assert max(told.values()) == 1
    assert set(told) == {(case_id, email) for (case_id, _), email in expected.items()}
    assert rows(home, "SELECT state, count(*) FROM mails GROUP BY state") == [("accepted", 1000)]
    known = rows(home, "SELECT message_id, case_id, alerts.contact_id FROM mails INNER JOIN alerts USING (mail_id)")
    assert len(known) == 1000
    recipients = {_header(content, b"message-id"): recipient for recipient, content in server.stored}
    assert {mid: expected[case_id, contact] for mid, case_id, contact in known} == recipients
    log = "SELECT case_id, code, count(*) FROM case_events WHERE kind = ? GROUP BY ALL"
    assert Counter(n for _, _, n in rows(home, log, "told")) == {1: 1000}
    assert Counter(n for _, _, n in rows(home, log, "notified")) == {1: 50}
