"""Mailboxes: each message is a member, the text is the list of their subjects."""

from __future__ import annotations

import mailbox
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import DocumentRejectedError
from index.readers import read_source
from index.readers.archives.members import read_inside, safe_names
from index.readers.content import Content, Source
from index.readers.mail import eml, mbox

TWO = (
    b"From ann@example.org Fri Dec 16 17:04:16 2022\nSubject: The offer\nFrom: ann@example.org\n\n"
    b"From this day on it holds.\n\n>From then on, too.\n\n"
    b"From - Sat Dec 17 09:00:00 2022\nSubject: Re: The offer / second\n\nThanks.\n"
)


def read(data: bytes) -> Content:
    return mbox.read(Source(data, "mails.mbox"))


def test_a_mailbox_is_the_list_of_its_messages() -> None:
    content = read(TWO)
    assert content.text == "Messages in this mailbox:\n\n- 0001 The offer\n- 0002 Re The offer second"
    assert [member.name for member in content.members] == ["0001 The offer.eml", "0002 Re The offer second.eml"]


def test_a_line_of_a_text_begins_no_message_and_is_read_without_its_mark() -> None:
    first = eml.read(Source(read(TWO).members[0].read()))
    assert first.text == (
        "From: ann@example.org\nSubject: The offer\n\nFrom this day on it holds.\n\nFrom then on, too."
    )


@pytest.mark.parametrize("line_end", [b"\r\n", b"\r", b"\n"])
def test_lines_may_end_in_any_way(line_end: bytes) -> None:
    content = read(TWO.replace(b"\n", line_end))
    assert len(content.members) == 2
    assert eml.read(Source(content.members[1].read())).text == "Subject: Re: The offer / second\n\nThanks."


@pytest.mark.parametrize(
    "line",
    [
        b"From 1688034@xxx Mon Oct 10 12:14:10 +0000 2022",
        b"From MAILER-DAEMON Fri Jul  8 12:08:34 2011",
        b'From "a b"@example.org Thu, 12 May 2005 09:30 +0200',
        b"From ann@example.org",
    ],
)
def test_the_line_before_a_message_is_written_in_many_ways(line: bytes) -> None:
    assert len(read(line + b"\nSubject: a\n\nx\n\n" + line + b"\nSubject: b\n\ny\n").members) == 2


def test_messages_are_those_that_were_put_into_the_mailbox(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "a.mbox")
    for number in range(250):
        mail = EmailMessage()
        mail["Subject"] = f"Größe {number}"
        mail.set_content(f"From here on {number}.\n\nFrom me\n")
        box.add(mail)
    box.close()
    data = (tmp_path / "a.mbox").read_bytes()
    content = read(data)
    assert len(content.members) == 250
    assert content.text.endswith("- 0200 Größe 199\nand 50 more")
    last = eml.read(Source(content.members[249].read()))
    assert last.text == "Subject: Größe 249\n\nFrom here on 249.\n\nFrom me"
    assert read_inside(data, "a.mbox", "0250 Größe 249.eml") == content.members[249].read()


def test_a_mailbox_is_known_without_an_ending_in_its_name() -> None:
    read = read_source(Source(TWO, "Inbox"), path="Inbox", modified=0.0)
    assert (read.document.media_type, len(read.members)) == ("application/mbox", 2)


def test_a_message_without_a_subject_has_a_name_all_the_same() -> None:
    content = read(b"From - Sat Dec 17 09:00:00 2022\n\n\nwords\n")
    assert [member.name for member in content.members] == ["0001 no subject.eml"]


def test_a_mailbox_without_messages_is_rejected() -> None:
    with pytest.raises(DocumentRejectedError, match="no message in this mailbox"):
        read(b"From then on they were happy.\n")


@given(st.binary(max_size=200), st.integers(0, len(TWO)))
def test_bytes_within_a_mailbox_cost_one_message_at_most(noise: bytes, at: int) -> None:
    content = read(TWO[:at] + noise + TWO[at:])
    assert content.members
    assert len(set(safe_names(member.name for member in content.members))) == len(content.members)
    assert b"".join(member.read() for member in content.members)
    assert 0 < sum(len(member.read()) for member in content.members) <= len(TWO) + len(noise)
