"""smtplib's client with stricter ears: an answer counts when it is whole and of one mind."""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl

_QUIT_TIMEOUT = 5.0  # seconds; what is answered to QUIT changes nothing
_LINE_LIMIT = 8192  # octets; RFC 5321 4.5.3.1.5 asks for 512
_LINES_LIMIT = 200
_REPLY_LINE = re.compile(rb"([2-5]\d\d)(?!\d)(-?)(.*)", re.DOTALL)


class Client(smtplib.SMTP):
    """A connection whose answers are read strictly."""

    def getreply(self) -> tuple[int, bytes]:
        """Code and words of one answer; code -1 where it makes no sense or its lines contradict each other.

        Errors: `SMTPServerDisconnected` where the answer does not come whole. A half line may be the rest of anything:
        it must not decide about a mail.
        """
        codes, words = set(), []
        for _ in range(_LINES_LIMIT):
            line = self._read_line()
            found = _REPLY_LINE.match(line)
            if found is None:
                return -1, line.strip()
            codes.add(int(found.group(1)))
            words.append(found.group(3).strip())
            if not found.group(2):
                return (codes.pop() if len(codes) == 1 else -1), b"\n".join(words)
        self.close()
        raise smtplib.SMTPServerDisconnected("服务器的应答没有结尾")

    def _read_line(self) -> bytes:
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("连接已关闭")
        if self.file is None:
            self.file = self.sock.makefile("rb")
        try:
            line: bytes = self.file.readline(_LINE_LIMIT)
        except OSError as error:
            self.close()
            raise smtplib.SMTPServerDisconnected(_why(error)) from error
        if not line.endswith(b"\n"):
            self.close()
            raise smtplib.SMTPServerDisconnected("服务器关闭了连接" if len(line) < _LINE_LIMIT else "服务器的应答过长")
        return line


class TlsClient(Client, smtplib.SMTP_SSL):
    """The same over a connection that is encrypted from its first octet."""


def plain(words: bytes | str) -> str:
    """The server's words on one line; servers in China answer in UTF-8 or GB 18030."""
    return " ".join((_decoded(words) if isinstance(words, bytes) else words).split())


def _decoded(words: bytes) -> str:
    try:
        return words.decode("utf-8")
    except UnicodeDecodeError:
        return words.decode("gb18030", "replace")


def close(client: smtplib.SMTP, *, politely: bool) -> None:
    """Close the connection, with a QUIT where the server is still in step with us. Raises nothing."""
    with contextlib.suppress(smtplib.SMTPException, OSError):
        if politely and client.sock is not None:
            client.sock.settimeout(_QUIT_TIMEOUT)
            client.quit()
    with contextlib.suppress(OSError):
        client.close()


def is_quiet(client: smtplib.SMTP) -> bool:
    """Whether the server is there and has said nothing unasked: then its next answer is the answer to what we say next.

    Errors: `OSError` or `SMTPServerDisconnected` where the connection is gone.
    """
    sock = client.sock
    if sock is None:
        raise smtplib.SMTPServerDisconnected("连接已关闭")
    timeout = sock.gettimeout()
    sock.settimeout(0)
    try:
        if client.file is not None and client.file.peek(1):
            return False
        if not sock.recv(1):
            raise smtplib.SMTPServerDisconnected("服务器关闭了连接")
    except (BlockingIOError, ssl.SSLWantReadError):
        return True
    finally:
        sock.settimeout(timeout)
    return False


def _why(error: OSError) -> str:
    return "服务器没有应答" if isinstance(error, TimeoutError) else str(error)
