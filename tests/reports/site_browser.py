"""Debian's chromium driven over its debugging pipe: pages of a folder opened, keys pressed, errors heard."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
_PATIENCE = 60  # seconds for one answer of a busy machine
# the browser reads commands from descriptor 3 and answers on 4
_START = 'in=$1 out=$2; shift 2; exec "$@" 3<&"$in" 4>&"$out"'
_KEYS = {"Tab": ("Tab", 9, ""), "Enter": ("Enter", 13, "\r"), "ArrowDown": ("ArrowDown", 40, "")}


class Page:
    """One tab."""

    def __init__(self, browser: Browser, width: int, *, script: bool, today: str) -> None:
        self._browser = browser
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=800,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        if not script:
            self._call("Emulation.setScriptExecutionDisabled", value=True)
        elif today:
            moment = f"Date.now = () => Date.parse('{today}T04:00:00Z');"  # noon in Wuhan
            self._call("Page.addScriptToEvaluateOnNewDocument", source=moment)

    def open(self, path: Path, fragment: str = "") -> None:
        """Open a file and wait until it is loaded."""
        self._browser.forget(self._session)
        self._call("Page.navigate", url=path.as_uri() + (f"#{fragment}" if fragment else ""))
        self._browser.wait(self._session, "Page.loadEventFired")

    def value(self, expression: str) -> Any:
        """The value of a JavaScript expression, as JSON carries it; RuntimeError where it throws."""
        done = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in done:
            raise RuntimeError(str(done["exceptionDetails"]))
        return done["result"].get("value")

    def text(self) -> str:
        """All text of the page, from the tree itself: also with scripts off."""
        root = self._call("DOM.getDocument")["root"]["nodeId"]
        return str(self._call("DOM.getOuterHTML", nodeId=root)["outerHTML"])

    def press(self, key: str) -> None:
        """Press and release a key."""
        code, number, text = _KEYS.get(key, (key, ord(key.upper()[0]), key))
        shared = {"key": key, "code": code, "windowsVirtualKeyCode": number}
        self._call("Input.dispatchKeyEvent", type="keyDown", text=text, **shared)
        self._call("Input.dispatchKeyEvent", type="keyUp", **shared)

    def errors(self) -> list[str]:
        """What was thrown, logged as an error or asked of the network since the page was opened."""
        self.value("1")  # what happened before has been told by then
        return [text for event in self._browser.events(self._session) if (text := _complaint(event))]

    def picture(self, out: Path, height: int) -> None:
        """Write a PNG of the top of the page."""
        width = self.value("innerWidth")
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        shot = self._call("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)
        out.write_bytes(base64.b64decode(shot["data"]))

    def as_printed(self) -> None:
        """Lay the page out as on paper."""
        self._call("Emulation.setEmulatedMedia", media="print")

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self._browser.call(method, session=self._session, **parameters)


class Browser:
    """The process and its pipe."""

    def __init__(self, write_to: int, read_from: int) -> None:
        self._write_to, self._read_from = write_to, read_from
        self._buffer = b""
        self._last = 0
        self._heard: list[dict[str, Any]] = []

    def page(self, width: int = 1024, *, script: bool = True, today: str = "") -> Page:
        """A new tab of `width` CSS pixels, at noon of `today` (YYYY-MM-DD) where it is given."""
        return Page(self, width, script=script, today=today)

    def call(self, method: str, *, session: str = "", **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._write_to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._last:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return dict(answer["result"])
            self._heard.append(answer)

    def wait(self, session: str, event: str) -> None:
        """Return when a tab has told of an event."""
        while not any(each.get("method") == event for each in self.events(session)):
            self._heard.append(self._read())

    def events(self, session: str) -> list[dict[str, Any]]:
        """What a tab told so far."""
        return [each for each in self._heard if each.get("sessionId") == session]

    def forget(self, session: str) -> None:
        """Let go of what a tab told so far."""
        self._heard = [each for each in self._heard if each.get("sessionId") != session]

    def _read(self) -> dict[str, Any]:
        until = time.monotonic() + _PATIENCE
        while b"\0" not in self._buffer:
            if not select.select([self._read_from], [], [], max(0.0, until - time.monotonic()))[0]:
                raise TimeoutError("the browser does not answer")
            piece = os.read(self._read_from, 1 << 20)
            if not piece:
                raise RuntimeError("the browser has ended")
            self._buffer += piece
        text, _, self._buffer = self._buffer.partition(b"\0")
        return dict(json.loads(text))


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser with a profile of its own; ended on exit."""
    if CHROMIUM is None:
        raise RuntimeError("chromium is not installed")
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [CHROMIUM, *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen(
            ["bash", "-c", _START, "bash", str(theirs_in), str(theirs_out), *command],
            pass_fds=(theirs_in, theirs_out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        try:
            yield Browser(ours_out, ours_in)
        finally:
            os.close(ours_out)  # the browser leaves when its pipe closes
            os.close(ours_in)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _complaint(event: dict[str, Any]) -> str:
    method, said = event["method"], event.get("params", {})
    if method == "Runtime.exceptionThrown":
        return f"thrown: {said['exceptionDetails'].get('exception', {}).get('description', said)}"
    if method == "Runtime.consoleAPICalled" and said["type"] in {"error", "warning", "assert"}:
        return f"console: {said['args']}"
    if method == "Log.entryAdded" and said["entry"]["level"] == "error":
        return f"log: {said['entry']['text']} {said['entry'].get('url', '')}"
    if method == "Network.requestWillBeSent" and not said["request"]["url"].startswith(("file:", "data:")):
        return f"asked: {said['request']['url']}"
    return ""
