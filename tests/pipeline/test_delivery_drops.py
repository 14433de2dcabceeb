"""Servers that break: what was lost before the end of the mail is deferred, what was lost after it is in doubt."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mail_servers import DROP, OK, RESET, SILENCE, Act, Plan, Planned, large_mail, mail, planned, transport

from pipeline.delivery import DeliveryState, OutgoingMail
from pipeline.delivery.transport import Receipt
from warehouse.errors import StageError

BEFORE = ["banner", "ehlo", "mail", "rcpt", "data"]
NONSENSE = [b"hm?", b"2", b"25", b"999 no", b"199 no", b"", b"25\xff ok", b"250-never\r\n550 ending"]


def send(plan: Plan, one: OutgoingMail | None = None) -> tuple[Receipt, int, Planned]:
    """Receipt of one mail, how often it was noted as handed over, and the server."""
    notes: list[None] = []
    with planned(plan) as server, transport(server.port, timeout=0.4, data_timeout=0.4) as way:
        receipt = way.deliver(one or mail(), lambda: notes.append(None))
    return receipt, len(notes), server


@pytest.mark.parametrize("step", BEFORE)
@pytest.mark.parametrize("trouble", [DROP, RESET, SILENCE], ids=["closes", "resets", "is silent"])
def test_trouble_before_the_end_of_the_mail_is_deferred_and_not_noted(step: str, trouble: Act) -> None:
    receipt, n_notes, server = send({step: trouble})
    assert (receipt.state, receipt.code, n_notes) == ("deferred", None, 0)
    assert not server.stored


@pytest.mark.parametrize("trouble", [DROP, RESET, Act(SILENCE.answer, pause=1.0, drops=True)])
def test_a_connection_lost_within_the_text_is_deferred_and_not_noted(trouble: Act) -> None:
    receipt, n_notes, server = send({"content": trouble}, large_mail())
    assert (receipt.state, receipt.code, n_notes) == ("deferred", None, 0)
    assert not server.stored
    assert 0 < len(server.received[0]) < len(large_mail().content)


@pytest.mark.parametrize("step", ["banner", "ehlo", "mail", "rcpt", "data"])
@pytest.mark.parametrize("nonsense", [b"hm?", b"999 no", b"250-of\r\n550 two minds", b"x" * 9000])
def test_nonsense_before_the_end_is_deferred(step: str, nonsense: bytes) -> None:
    receipt, n_notes, server = send({step: Act(nonsense), "helo": Act(nonsense)})
    assert (receipt.state, receipt.code, n_notes) == ("deferred", None, 0)
    assert len(receipt.detail) <= 500
    assert not server.stored


@pytest.mark.parametrize(
    "end",
    [
        Act(b"", drops=True, stores=True),
        Act(b"", drops=True),
        Act(b"", drops=True, resets=True, stores=True),
        Act(b"", stores=True),
        Act(b"hm?", stores=True),
        Act(b"354 more", stores=True),
        Act(b"25", stores=True, drops=True, is_raw=True),
        Act(b"250 2.0.0 Queu", stores=True, drops=True, is_raw=True),
        Act(b"250-2.0.0 queued", stores=True, drops=True),
        Act(b"250-queued\r\n550 or not", stores=True),
        Act(b"5" * 9000, stores=True),
        Act(b"250-and so on\r\n" * 300 + b"250 end", stores=True),
    ],
    ids=[
        "closes after it stored",
        "closes before it stored",
        "resets",
        "is silent",
        "nonsense",
        "354",
        "half a code",
        "half a line",
        "half an answer",
        "two minds",
        "too long",
        "without end",
    ],
)
def test_no_clear_answer_to_the_mail_is_in_doubt(end: Act) -> None:
    receipt, n_notes, server = send({"end": end})
    assert (receipt.state, n_notes) == ("in-doubt", 1)
    assert len(server.stored) == end.stores


def test_a_slow_server_is_waited_for_as_long_as_the_settings_say() -> None:
    slow = {
        step: Act(answer, pause=0.15) for step, answer in (("banner", b"220 test"), ("mail", OK), ("data", b"354 go"))
    }
    with planned(slow) as server, transport(server.port, timeout=5.0) as way:
        assert way.deliver(mail()).state == "accepted"
    with planned({"data": SILENCE}) as server, transport(server.port, timeout=0.2) as way:
        assert way.deliver(mail()).state == "deferred"
    with planned({"end": Act(b"", stores=True)}) as server, transport(server.port, data_timeout=0.2) as way:
        receipt = way.deliver(mail())
    assert receipt.state == "in-doubt"
    assert "未收到服务器确认：服务器没有应答" in receipt.detail


def test_the_answer_to_the_mail_may_take_longer_than_any_other() -> None:
    """RFC 5321 4.5.3.2.6: a server that scans for ten minutes must not cause a doubt."""

    with (
        planned({"end": Act(stores=True, pause=0.5)}) as server,
        transport(server.port, timeout=0.2, data_timeout=5.0) as way,
    ):
        assert way.deliver(mail()).state == "accepted"
        assert way.deliver(mail(number=2)).state == "accepted"
    assert len(server.stored) == 2


def test_an_answer_that_comes_before_its_question_is_no_answer_to_the_mail() -> None:
    receipt, n_notes, server = send({"data": Act(b"354 go\r\n250 taken")})
    assert (receipt.state, n_notes, server.stored) == ("deferred", 0, [])


def test_a_server_that_refuses_the_text_while_it_comes_is_believed() -> None:
    receipt, n_notes, server = send({"content": Act(b"552 5.3.4 too large", drops=True)}, large_mail())
    assert n_notes == 0
    assert not server.stored
    assert receipt.state in {"refused", "deferred"}, "whether the answer is seen before the end is up to the network"


def test_a_lost_connection_at_quit_does_not_undo_the_delivery() -> None:
    for quit_ in (DROP, RESET, Act(b"500 no"), Act(b"hm?")):
        receipt, _, server = send({"quit": quit_})
        assert (receipt.state, len(server.stored)) == ("accepted", 1)


# any server

ANSWERS = st.sampled_from(
    [OK, b"251 will forward", b"354 go", b"421 bye", b"450 4.2.0 later", b"550 5.1.1 no", *NONSENSE]
)
STEPS = ["banner", "ehlo", "helo", "mail", "rcpt", "data", "rset", "quit"]
ACT = st.builds(
    Act, answer=ANSWERS, drops=st.booleans(), resets=st.booleans(), is_raw=st.sampled_from([False] * 3 + [True])
)


@st.composite
def ends(draw: st.DrawFn) -> Act:
    """The answer to the mail: 2xx means stored, 4xx and 5xx mean not stored, after anything else it may be either."""
    act = draw(ACT)
    whole = act.answer[:1] if len(act.answer) > 3 and not act.is_raw else b"?"
    clear = whole in b"245" and act.answer != NONSENSE[-1]
    stores = whole == b"2" if clear else draw(st.booleans())
    return Act(act.answer, drops=act.drops, resets=act.resets, stores=stores, is_raw=act.is_raw)


# While the text comes a server may only break: one that says 250 before it has the mail is a liar and beyond help.
CONTENT = st.sampled_from([DROP, RESET, Act(b"421 bye", drops=True), Act(b"552 too large", drops=True)])
PLAN = st.builds(
    lambda acts, content, end: acts | ({"content": content} if content else {}) | ({"end": end} if end else {}),
    st.dictionaries(st.sampled_from(STEPS), ACT, max_size=2),
    st.none() | CONTENT,
    st.none() | ends(),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PLAN, min_size=1, max_size=3), st.integers(1, 4))
def test_a_stored_mail_is_never_called_unsent_and_an_accepted_one_was_stored(plans: list[Plan], n_mails: int) -> None:
    told: list[tuple[int, str, int]] = []
    with planned(*plans) as server, transport(server.port, timeout=0.15, data_timeout=0.15) as way:
        for n in range(1, n_mails + 1):
            notes: list[None] = []
            try:
                receipt = way.deliver(mail(number=n), lambda notes=notes: notes.append(None))  # type: ignore[misc]
                told.append((n, receipt.state, len(notes)))
            except StageError:
                told.append((n, "stopped", len(notes)))
    for n, state, n_notes in told:
        n_stored = sum(f"<case-{n}@".encode() in content for content in server.stored)
        assert n_stored <= n_notes <= 1
        if state in (DeliveryState.DEFERRED, DeliveryState.REFUSED, "stopped"):
            assert n_stored == 0
        if state == DeliveryState.ACCEPTED:
            assert n_stored == 1
        if state == DeliveryState.IN_DOUBT:
            assert n_notes == 1
