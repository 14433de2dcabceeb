"""IMAP servers on loopback: a real one (`pymap`, in memory, its own process), a TLS door before it, bad ones."""

from __future__ import annotations

import contextlib
import selectors
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HOST = "127.0.0.1"
USER, SECRET = "office", "authorization-code"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(certificate: tuple[Path, Path] | None = None) -> Iterator[int]:
    """A real server with one user; with a certificate it offers STARTTLS. Yields its port."""
    port = free_port()
    tls = ["--cert", str(certificate[0]), "--key", str(certificate[1])] if certificate else ["--no-tls"]
    program = Path(sys.executable).with_name("pymap")
    user = ["--demo-data", "--demo-user", USER, "--demo-password", SECRET]
    command = [str(program), "--host", HOST, "--port", str(port), *tls, "dict", *user]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        assert server.poll() is None, "the server ended"
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError("the server did not start")


@contextmanager
def tls_door(certificate: tuple[Path, Path], behind: int) -> Iterator[int]:
    """Implicit TLS before a plain server: takes the TLS off and passes everything on."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)

    def talk(connection: socket.socket) -> None:
        with (
            contextlib.suppress(OSError),
            context.wrap_socket(connection, server_side=True) as front,
            socket.create_connection((HOST, behind)) as back,
        ):
            _pass_on(front, back)

    with scripted(talk) as port:
        yield port


def _pass_on(front: ssl.SSLSocket, back: socket.socket) -> None:
    with selectors.DefaultSelector() as ready:
        ready.register(front, selectors.EVENT_READ)
        ready.register(back, selectors.EVENT_READ)
        while True:
            for key, _ in ready.select(timeout=20):
                source, target = (front, back) if key.fileobj is front else (back, front)
                content = source.recv(65536)
                while isinstance(source, ssl.SSLSocket) and source.pending():
                    content += source.recv(source.pending())
                if not content:
                    return
                target.sendall(content)


@contextmanager
def scripted(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that does with each connection what `talk` does. Yields its port."""
    with socket.create_server((HOST, 0)) as listener:
        listener.settimeout(0.1)
        done = threading.Event()

        def accept() -> None:
            while not done.is_set():
                with contextlib.suppress(TimeoutError):
                    connection, _ = listener.accept()
                    connection.settimeout(20)
                    with connection, contextlib.suppress(OSError):
                        talk(connection)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            done.set()
            thread.join(10)


def self_signed(folder: Path) -> tuple[Path, Path] | None:
    """Certificate and key for 127.0.0.1, made for this run; None without the openssl command."""
    openssl = shutil.which("openssl")
    if openssl is None:
        return None
    certificate, key = folder / "cert.pem", folder / "key.pem"
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key
