"""Measures `tbtwatch alert send` to a mail server on loopback, beside a bare smtplib loop, and where its time goes."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench_phases import phases, script
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

if TYPE_CHECKING:
    from bench import Measured

ROOT = Path(__file__).parents[1]
CASES = 50
PHASED = 1_000  # mails of the runs that are taken apart
# Keeps what it is given in memory, and writes it to a file when its input ends.
SINK = """
import pickle, sys
from aiosmtpd.controller import Controller

taken = []


class Keeper:
    async def handle_DATA(self, server, session, envelope):
        taken.append((envelope.mail_from, envelope.rcpt_tos[0], envelope.content))
        return "250 2.0.0 OK"


controller = Controller(Keeper(), hostname="127.0.0.1", port=int(sys.argv[1]))
controller.start()
print("ready", flush=True)
sys.stdin.read()
controller.stop()
with open(sys.argv[2], "wb") as file:
    pickle.dump(taken, file)
"""
BARE_LOOP = """
import pickle, smtplib, sys, time
with open(sys.argv[2], "rb") as file:
    mails = pickle.load(file)
started = time.perf_counter()
with smtplib.SMTP("127.0.0.1", int(sys.argv[1])) as client:
    for sender, recipient, content in mails:
        client.sendmail(sender, [recipient], content)
print(time.perf_counter() - started)
"""
WATCHED = (
    ("pipeline.steps.send_alerts", "read_plan", "plan"), ("pipeline.steps.send_alerts", "queue_mails", "queue"),
    ("pipeline.steps.send_alerts", "measure_facts", "build"), ("pipeline.steps.send_alerts", "build_message", "build"),
    ("pipeline.steps.send_alerts", "outgoing", "wire"), ("pipeline.delivery.dkim:Signer", "sign", "sign"),
    ("pipeline.delivery.smtp:SmtpTransport", "deliver", "smtp"), ("pipeline.steps.send_alerts", "hand_over", "commit"),
    ("pipeline.steps.send_alerts", "finish_attempt", "commit"), ("pipeline.steps.send_alerts", "derive_events", "log"),
    ("pipeline.cli.alerts", "_show", "show"), ("pipeline.cli.alerts", "_json", "show"),
)  # fmt: skip
PARTS = {
    "start": "start of Python, imports",
    "plan": "reading and deciding",
    "queue": "queueing in the outbox",
    "build": "building the messages (templates, MIME)",
    "wire": "putting them into wire form",
    "sign": "DKIM",
    "commit": "two commits a mail: handed over, answered",
    "smtp": "SMTP",
    "log": "case log",
    "show": "the table of what was decided",
    "rest": "the rest",
}


def bench_alerts(
    folder: Path, sizes: tuple[int, ...], tbtwatch: str, measure: Callable[[list[str], dict[str, str]], Measured]
) -> list[str]:
    """Section of the report."""
    sys.path[:0] = [str(ROOT / "tests" / "pipeline"), str(ROOT / "tests" / "warehouse")]
    from many_alerts import NOW, open_many  # noqa: PLC0415

    rows, homes = [], {n: folder / f"alerts-{n}" for n in {*sizes, PHASED}}
    for n, home in homes.items():
        open_many(home, n_cases=CASES, n_firms=n // CASES)
    command = ["--now", NOW.isoformat(), "alert", "send", "--unreviewed"]
    for n in sizes:
        mails = folder / f"mails-{n}"
        with _sink(folder, mails) as (port, settings):
            ours = measure([tbtwatch, "--home", str(_copied(homes[n])), *command], settings)
        with _sink(folder, folder / "again") as (port, _):
            bare = float(script(BARE_LOOP, [str(port), str(mails)], {}))
        for what, seconds, memory in (
            ("bare smtplib loop", bare, ""),
            ("alert send", ours.seconds, f"{ours.peak_mb:.0f} MB"),
        ):
            rows.append(f"| {n:,} | {what} | {seconds:.1f} | {n / seconds:,.0f} | {memory} | {seconds / bare:.1f} |")
    taken_apart = []
    for keys in ({}, _rsa_key(folder), _ed25519_key(folder)):
        with _sink(folder, folder / "again") as (_, settings):
            home = _copied(homes[PHASED])
            taken_apart.append(phases(WATCHED, ["--home", str(home), *command], settings | keys))
    return [
        "## Alerts",
        "",
        "`tbtwatch alert send --unreviewed`, the whole command with nothing queued before, one mail a firm and case,",
        "to aiosmtpd in a process of its own on the loopback interface, without encryption. The baseline is a bare",
        "`smtplib` loop that sends the same finished mails over one connection to the same server and keeps no record.",
        "",
        "| mails | what | seconds | mails a second | peak memory | ratio to the bare loop |",
        "|---|---|---|---|---|---|",
        *rows,
        "",
        f"Where the time of {PHASED:,} mails goes, in seconds, without a signature and with either kind:",
        "",
        "| part | unsigned | RSA 2048 | Ed25519 |",
        "|---|---|---|---|",
        *(
            f"| {words} | " + " | ".join(f"{spent.get(part, 0):.1f}" for spent in taken_apart) + " |"
            for part, words in PARTS.items()
        ),
        "",
    ]


@contextmanager
def _sink(folder: Path, keep: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """A mail server that writes what it was given to `keep` at its end: its port, and the settings that lead there."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    with subprocess.Popen(
        [sys.executable, "-c", SINK, str(port), str(keep)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder,
    ) as server:  # fmt: skip
        assert server.stdin is not None
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        settings = {
            "TRANSPORT": "smtp", "HOST": "127.0.0.1", "PORT": str(port), "SECURITY": "none",
        }  # fmt: skip
        yield (
            port,
            {f"TBTWATCH_MAIL__{key}": value for key, value in settings.items()}
            | {"TBTWATCH_ALERTS__DAILY_CAP": "1000"},
        )
        server.stdin.close()


def _copied(home: Path) -> Path:
    used = home.with_name("alerts-used")
    shutil.rmtree(used, ignore_errors=True)
    return Path(shutil.copytree(home, used))


def _rsa_key(folder: Path) -> dict[str, str]:
    key = generate_private_key(public_exponent=65537, key_size=2048)
    return _key_settings(folder / "rsa.pem", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _ed25519_key(folder: Path) -> dict[str, str]:
    key = Ed25519PrivateKey.generate()
    return _key_settings(folder / "ed25519.pem", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _key_settings(path: Path, pem: bytes) -> dict[str, str]:
    path.touch(mode=0o600)
    path.write_bytes(pem)
    settings = {"DKIM_DOMAIN": "example.com", "DKIM_SELECTOR": "bench", "DKIM_KEY_FILE": str(path)}
    return {f"TBTWATCH_MAIL__{key}": value for key, value in settings.items()}
