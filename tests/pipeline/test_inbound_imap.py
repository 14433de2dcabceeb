"""Reading a mailbox by IMAP, against a real server on loopback and against bad ones."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from imap_server import HOST, SECRET, USER, free_port, scripted, self_signed, serving, tls_door
from imapclient import IMAPClient

from pipeline.inbound import classify
from pipeline.inbound.imap import ImapMailbox, ImapSettings
from pipeline.inbound.parts import LIMIT
from warehouse.errors import StageError

TODAY = date(2026, 11, 20)
FOLDER = "退信"
SAMPLES = sorted((Path(__file__).parent / "inbound_samples").glob("*.eml"))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    made = self_signed(tmp_path_factory.mktemp("tls"))
    if made is None:
        pytest.skip("needs the openssl command to make a certificate")
    return made


@pytest.fixture(scope="module")
def plain() -> Iterator[int]:
    """A real server without encryption; its folder 退信 holds the samples."""
    with serving() as port:
        fill(port)
        yield port


def fill(port: int, paths: list[Path] = SAMPLES) -> None:
    with IMAPClient(HOST, port=port, ssl=False) as client:
        client.login(USER, SECRET)
        client.create_folder(FOLDER)
        for path in paths:
            client.append(FOLDER, path.read_bytes(), msg_time=datetime(2026, 11, 20, 1, tzinfo=UTC))


def at(port: int, **changes: object) -> ImapSettings:
    settings = ImapSettings(
        host=HOST, port=port, security="none", user=USER, password=SECRET, mailbox=FOLDER, timeout=10
    )
    return replace(settings, **changes)  # type: ignore[arg-type]


def read(settings: ImapSettings, today: date = TODAY, known: frozenset[str] = frozenset()) -> list[bytes]:
    return list(ImapMailbox(settings, today=today).mails(known))


def same(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").rstrip()


def test_all_mails_come_as_they_lie_and_stay_unread(plain: int) -> None:
    assert [same(raw) for raw in read(at(plain))] == [same(path.read_bytes()) for path in SAMPLES]
    with IMAPClient(HOST, port=plain, ssl=False) as client:
        client.login(USER, SECRET)
        client.select_folder(FOLDER, readonly=True)
        flags = client.get_flags(client.search())
    assert len(flags) == len(SAMPLES)
    assert not any(b"\\Seen" in marks for marks in flags.values())


def test_known_mails_are_not_fetched_again(plain: int) -> None:
    known = frozenset(classify(path.read_bytes()).key for path in SAMPLES[:-2])
    left = read(at(plain), known=known)
    assert {classify(raw).key for raw in left} >= {classify(path.read_bytes()).key for path in SAMPLES[-2:]}
    assert len(left) < len(SAMPLES) / 2


def test_only_the_last_days_are_asked_for(plain: int) -> None:
    assert read(at(plain, days=1), today=TODAY + timedelta(days=10)) == []
    assert len(read(at(plain, days=10), today=TODAY + timedelta(days=10))) == len(SAMPLES)


def test_a_big_mailbox_comes_in_batches_and_a_long_mail_is_cut() -> None:
    with serving() as port:
        with IMAPClient(HOST, port=port, ssl=False) as client:
            client.login(USER, SECRET)
            client.create_folder("many")
            stamp = datetime(2026, 11, 20, 1, tzinfo=UTC)
            for number in range(45):
                client.append("many", b"Message-ID: <%d@x.example>\r\n\r\nhello" % number, msg_time=stamp)
            client.append("many", b"Message-ID: <long@x.example>\r\n\r\n" + b"x" * (2 * LIMIT), msg_time=stamp)
        mails = read(at(port, mailbox="many"))
    assert len(mails) == 46
    assert len(mails[-1]) == LIMIT
    assert len({classify(raw).key for raw in mails}) == 46


def test_starttls_and_implicit_tls_check_the_certificate(certificate: tuple[Path, Path], plain: int) -> None:
    with serving(certificate) as port:
        fill(port, SAMPLES[:1])
        trusting = at(port, security="starttls", ca_file=certificate[0])
        assert len(read(trusting)) == 1
        with pytest.raises(StageError, match="证书未通过验证") as caught:
            read(at(port, security="starttls"))
        assert "inbox.ca_file" in caught.value.next_step
    with tls_door(certificate, plain) as port:
        assert len(read(at(port, security="tls", ca_file=certificate[0]))) == len(SAMPLES)
        with pytest.raises(StageError, match="证书未通过验证"):
            read(at(port, security="tls"))


def test_passwords_do_not_travel_in_clear_text(plain: int, tmp_path: Path) -> None:
    with pytest.raises(StageError, match="不支持 STARTTLS"):
        read(at(plain, security="starttls"))
    with pytest.raises(StageError, match="加密连接"):
        read(at(plain, security="tls"))
    with pytest.raises(StageError, match="未加密"):
        ImapMailbox(at(143, host="imap.office.example"), today=TODAY)
    with pytest.raises(StageError, match="证书文件"):
        read(at(plain, security="tls", ca_file=tmp_path / "none.pem"))


def test_wrong_login_is_said_without_the_password(plain: int) -> None:
    with pytest.raises(StageError, match="不接受用户名或口令") as caught:
        read(at(plain, password="wrong-secret"))
    assert "授权码" in caught.value.next_step
    assert "wrong-secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert SECRET not in repr(at(plain))
    assert USER not in repr(at(plain))


def test_a_wrong_folder_is_said_with_the_folders_that_there_are(plain: int) -> None:
    with pytest.raises(StageError, match="打不开邮箱文件夹“垃圾”") as caught:
        read(at(plain, mailbox="垃圾"))
    assert "INBOX" in caught.value.next_step
    assert FOLDER in caught.value.next_step


def test_no_server_is_said_with_the_settings_to_look_at() -> None:
    with pytest.raises(StageError, match="不能连接收信服务器") as caught:
        read(at(free_port()))
    assert "inbox.host" in caught.value.next_step
    with pytest.raises(StageError, match="不能连接收信服务器"):
        read(at(993, host="no-such-host.invalid", security="tls"))


def answering(
    connection: socket.socket, answers: dict[bytes, bytes], greeting: bytes = b"* OK hello\r\n"
) -> list[bytes]:
    """Greets, then answers each command by its name; a name without an answer ends the connection."""
    commands = []
    connection.sendall(greeting)
    with connection.makefile("rb") as lines:
        for line in lines:
            tag, _, command = line.strip().partition(b" ")
            commands.append(command)
            answer = answers.get(command.split(b" ")[0].upper())
            if answer is None:
                break
            connection.sendall(answer.replace(b"TAG", tag))
    return commands


OK = b"TAG OK done\r\n"
USUAL = {
    b"CAPABILITY": b"* CAPABILITY IMAP4rev1 ID\r\n" + OK,
    b"LOGIN": OK,
    b"ID": b'* ID ("name" "x")\r\n' + OK,
    b"EXAMINE": b"* 1 EXISTS\r\n" + OK,
    b"LIST": OK,
    b"LOGOUT": b"* BYE\r\n" + OK,
}


def test_the_client_names_itself_before_it_opens_the_mailbox() -> None:
    """163 and 126 refuse EXAMINE as "Unsafe Login" to a client that did not."""
    seen: list[bytes] = []
    answers = {**USUAL, b"UID": b"* SEARCH\r\n" + OK}
    with scripted(lambda connection: seen.extend(answering(connection, answers))) as port:
        assert read(at(port, mailbox="INBOX")) == []
    names = [command.split(b" ")[0] for command in seen]
    assert names.index(b"LOGIN") < names.index(b"ID") < names.index(b"EXAMINE")
    assert b"SELECT" not in names
    refusing = {**USUAL, b"EXAMINE": b"TAG NO EXAMINE Unsafe Login. Please contact kefu@mail.example for help\r\n"}
    with (
        scripted(lambda connection: seen.extend(answering(connection, refusing))) as port,
        pytest.raises(StageError, match="Unsafe Login") as caught,
    ):
        read(at(port, mailbox="INBOX"))
    assert "kefu@" not in str(caught.value)


def test_a_connection_that_breaks_off_is_said_and_what_came_before_stays() -> None:
    mail = b"Message-ID: <1@x.example>\r\n\r\nhello"
    fetched = b"* 1 FETCH (UID 1 BODY[HEADER.FIELDS (MESSAGE-ID)] {%d}\r\n%s)\r\n" % (len(mail), mail)

    def talk(connection: socket.socket) -> None:
        connection.sendall(b"* OK hello\r\n")
        with connection.makefile("rb") as lines:
            for line in lines:
                tag, _, command = line.strip().partition(b" ")
                if command.startswith(b"UID SEARCH"):
                    connection.sendall(b"* SEARCH 1\r\n" + OK.replace(b"TAG", tag))
                elif command.startswith(b"UID FETCH") and b"HEADER" in command:
                    connection.sendall(fetched + OK.replace(b"TAG", tag))
                elif command.startswith(b"UID FETCH"):
                    connection.sendall(b"* 1 FETCH (UID 1 BODY[]<0> {500}\r\nMess")
                    return
                else:
                    connection.sendall(USUAL[command.split(b" ")[0].upper()].replace(b"TAG", tag))

    with scripted(talk) as port, pytest.raises(StageError, match="中断") as caught:
        read(at(port))
    assert "不会重复" in caught.value.next_step


@pytest.mark.parametrize("greeting", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"* BYE busy\r\n", b"\xff\xfe\r\n"])
def test_a_server_that_is_none_is_said(greeting: bytes) -> None:
    with (
        scripted(lambda connection: connection.sendall(greeting)) as port,
        pytest.raises(StageError, match="收信服务器"),
    ):
        read(at(port))


def test_silence_ends() -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(1)

    with scripted(talk) as port, pytest.raises(StageError, match="没有应答"):
        read(at(port, timeout=0.3))
