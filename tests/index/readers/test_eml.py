"""Mail as EML: its headers and text as a person reads them, what is attached as members, whatever is broken in it."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rejections import read_or_rejected

from index.errors import DocumentRejectedError
from index.readers import read_document, read_source
from index.readers.content import Content, Source
from index.readers.mail import eml
from index.readers.mail.text import read_plain


def read(data: bytes | str | EmailMessage) -> Content:
    if isinstance(data, EmailMessage):
        data = bytes(data)
    return eml.read(Source(data.encode() if isinstance(data, str) else data, "offer.eml"))


def message(text: str = "Some words.\n", subject: str = "Offer") -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = subject, "Ann Lee <ann@example.org>", "bob@example.org"
    mail.set_content(text)
    return mail


def body_of(content: Content) -> str:
    return content.text.partition("\n\n")[2]


def test_a_message_is_its_headers_and_its_text() -> None:
    content = read(
        'From: Ann Lee <ann@example.org>\nTo: <bob@example.org>, "Dee, Cy" <cy@example.org>\nCc: Eve <e@example.org>\n'
        "Received: from somewhere\nDate: Fri, 16 Dec 2022 17:04:16 -0500\nSubject: The offer\n\nSome words.\n\nMore.\n"
    )
    assert content.title == "The offer"
    assert content.text == (
        "From: Ann Lee <ann@example.org>\nTo: bob@example.org, Dee, Cy <cy@example.org>\nCc: Eve <e@example.org>\n"
        "Date: Friday, 16 December 2022, 17:04 (UTC-05:00)\nSubject: The offer\n\nSome words.\n\nMore."
    )
    assert content.missing == ""


@pytest.mark.parametrize(
    ("date", "shown"),
    [
        ("Fri, 16 Dec 2022 17:04:16 +0000", "Friday, 16 December 2022, 17:04 (UTC)"),
        ("2025-07-29T12:42:06.000Z", "Tuesday, 29 July 2025, 12:42 (UTC)"),
        ("16 Dec 2022 17:04", "Friday, 16 December 2022, 17:04"),
        ("the day before yesterday", "the day before yesterday"),
        ("Fri, 99 Dec 99999 17:04:16 +9999", "Fri, 99 Dec 99999 17:04:16 +9999"),
    ],
)
def test_a_date_is_shown_as_people_read_it_or_as_it_is(date: str, shown: str) -> None:
    assert read(f"Date: {date}\n\nx").text.startswith(f"Date: {shown}\n\n")


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"=?utf-8?B?R3LDvMOfZSBhdXM=?=\n =?utf-8?B?IEvDtmxu?=", "Grüße aus Köln"),
        (b"=?iso-8859-1?Q?Gr=FC=DFe?=", "Grüße"),
        (b"=?nowhere?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?iso-2022-jp?B?GyRCOCs5ZxsoQg==?=", "見合"),
        ("Grüße".encode(), "Grüße"),
        ("Grüße aus Köln".encode("cp1252"), "Grüße aus Köln"),
        (b"=?utf-8?B?R3I?= broken", "Gr broken"),
    ],
)
def test_a_header_is_read_in_whatever_encoding_it_is(raw: bytes, shown: str) -> None:
    assert read(b"Subject: " + raw + b"\nFrom: a@example.org\n\nx").title == shown


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-16-le", "utf-8-sig"])
def test_a_message_that_was_saved_in_another_encoding_is_read(encoding: str) -> None:
    text = "Subject: Grüße\nFrom: Ann <a@example.org>\nContent-Type: text/plain; charset=utf-8\n\nÄpfel und Öl.\n"
    content = read(text.encode(encoding))
    assert (content.title, body_of(content)) == ("Grüße", "Äpfel und Öl.")


@pytest.mark.parametrize("declared", ["iso-8859-1", "us-ascii", "nowhere", ""])
def test_a_body_is_read_in_its_true_encoding(declared: str) -> None:
    head = f"Subject: x\nContent-Type: text/plain; charset={declared}\nContent-Transfer-Encoding: 8bit\n\n".encode()
    assert body_of(read(head + "Äpfel und Öl für Käufer.".encode())) == "Äpfel und Öl für Käufer."
    assert body_of(read(head + "Äpfel und Öl für Käufer.".encode("cp1252"))) == "Äpfel und Öl für Käufer."


def test_of_two_forms_the_plain_one_is_read() -> None:
    mail = message("The plain words.\n")
    mail.add_alternative("<p>The rich words.</p>", subtype="html")
    assert body_of(read(mail)) == "The plain words."


@pytest.mark.parametrize("plain", ["", "  \n", "Your program shows no HTML.\n"])
def test_a_plain_form_that_only_stands_in_for_the_other_is_not_read(plain: str) -> None:
    mail = message(plain)
    words = "The offer is valid until May, and it holds for all of the houses that we saw. " * 3
    mail.add_alternative(f"<h2>Houses</h2><p>{words}</p><p style='display:none'>hidden</p>", subtype="html")
    content = read(mail)
    assert body_of(content) == f"Houses\n\n{words.strip()}"
    assert [content.text[found.start : found.end] for found in content.headings] == ["Houses"]


def test_html_alone_is_read_and_said_to_be_plain_too() -> None:
    for kind in ("html", "plain"):
        mail = message()
        mail.set_content(
            "<html><head><title>x</title></head><body><p>Rich <b>words</b>.</p></body></html>", subtype=kind
        )
        assert body_of(read(mail)) == "Rich words."


def test_attachments_are_members_and_named_in_the_text() -> None:
    mail = message()
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="../Größe.pdf")
    mail.add_attachment("a,b\n", subtype="csv", filename="table.csv")
    mail.add_attachment(b"zz", maintype="application", subtype="pdf")
    content = read(mail)
    assert content.text.endswith("\n\nSome words.\n\nAttachments: Größe.pdf, table.csv, attachment.pdf")
    assert [member.read() for member in content.members] == [b"%PDF-1.4", b"a,b\n", b"zz"]


def test_a_name_of_an_attachment_may_be_an_encoded_word() -> None:
    content = read(
        'Subject: x\nContent-Type: application/pdf; name="=?utf-8?B?R3LDvG4ucGRm?="\n'
        "Content-Transfer-Encoding: base64\n\nJVBERi0x\n"
    )
    assert [(member.name, member.read()) for member in content.members] == [("Grün.pdf", b"%PDF-1")]


def test_an_attached_message_is_a_member_that_is_read_itself() -> None:
    mail, inner = message(), message("The inner words.\n", subject="Re: the first/second offer")
    mail.add_attachment(inner)
    content = read(mail)
    assert [member.name for member in content.members] == ["Re the first second offer.eml"]
    assert body_of(read(content.members[0].read())) == "The inner words."
    assert "The inner words" not in content.text


def test_pictures_in_the_text_are_no_members_unless_they_have_a_name_and_a_size() -> None:
    mail = message("<p>Look: <img src='cid:1'></p>")
    mail.set_content("<p>Look: <img src='cid:1'></p>", subtype="html")
    for name, size in ((None, 5000), ("dot.gif", 43), ("house.png", 5000)):
        mail.add_related(
            bytes(size), "image", "png", cid="<1>", disposition="inline", **({"filename": name} if name else {})
        )
    assert [member.name for member in read(mail).members] == ["house.png"]


def test_a_signature_is_no_member() -> None:
    content = read(
        "Subject: x\nContent-Type: multipart/signed; boundary=b\n\n--b\n\nSome words.\n--b\n"
        "Content-Type: application/pkcs7-signature; name=smime.p7s\n\nabc\n--b--\n"
    )
    assert (body_of(content), list(content.members), content.missing) == ("Some words.", [], "")


PGP = "-----BEGIN PGP MESSAGE-----\n\nhIwDY32hYGCE8MkBA\n=zzaA\n-----END PGP MESSAGE-----\n"


@pytest.mark.parametrize(
    "rest",
    [
        f"Content-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/x\n\n{PGP}\n--b--\n",
        "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\nMIAGCSqGSIb3DQEHA6CAMIAC\n",
        f"\n{PGP}",
    ],
)
def test_of_an_encrypted_message_the_headers_are_read_and_the_text_is_missing(rest: str) -> None:
    content = read(f"Subject: Secret\n{rest}")
    assert content.text == "Subject: Secret"
    assert content.missing == "its text is encrypted: decrypt it in the mail program and save it again"
    assert list(content.members) == []


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", "its text is packed into its signature: "),
        ("application/ms-tnef; name=winmail.dat", "what is attached is packed in Outlook's own way"),
    ],
)
def test_what_is_packed_in_a_way_that_is_not_read_is_said_to_be_missing(kind: str, reason: str) -> None:
    content = read(f"Subject: x\nContent-Type: {kind}\n\nabc\n")
    assert content.missing.startswith(reason)
    assert list(content.members) == []


def test_of_a_signed_text_only_the_text_is_read() -> None:
    content = read(
        "Subject: x\n\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nSome words.\n"
        "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n"
    )
    assert body_of(content) == "Some words."


def test_an_invitation_is_read() -> None:
    mail = message("Please come.\n")
    mail.add_alternative(
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Board\\, second\r\n  meeting\r\n"
        "DTSTART;TZID=Europe/Berlin:20240503T090000\r\nDTEND:20240503T100000Z\r\nLOCATION:Room 3\r\n"
        "ORGANIZER;CN=Ann Lee:mailto:ann@example.org\r\nUID:1\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n",
        subtype="calendar",
    )
    assert body_of(read(mail)).split("\n") == [
        "Please come.",
        "",
        "Event: Board, second meeting",
        "Start: 2024-05-03 09:00 (Europe/Berlin)",
        "End: 2024-05-03 10:00 UTC",
        "Place: Room 3",
        "Organiser: Ann Lee <ann@example.org>",
    ]


WRAPPED = """\
Dear Bob, the offer that we made in May holds for all of the houses that
you have seen with us, and for the one beside the river, too. You may
tell us until the end of June.

Houses:
- the red one, which stands beside the river and has a garden with trees
  and a well
- the blue one

Best
Ann
"""
WHOLE = (
    "Dear Bob, the offer that we made in May holds for all of the houses that you have seen with us, and for the one"
    " beside the river, too. You may tell us until the end of June.\n\nHouses:\n- the red one, which stands beside the"
    " river and has a garden with trees and a well\n- the blue one\n\nBest\nAnn"
)


def test_wrapped_lines_become_whole_paragraphs() -> None:
    assert read_plain(WRAPPED) == WHOLE


def test_quotations_are_put_together_without_their_marks() -> None:
    quoted = "".join(f"> {line}\n" for line in WRAPPED.splitlines())
    assert read_plain(f"We take it.\n\nOn Monday Ann wrote:\n{quoted}>> Before.\n") == (
        f"We take it.\n\nOn Monday Ann wrote:\n\n{WHOLE}\n\nBefore."
    )


def test_a_long_address_keeps_no_text_from_being_put_together() -> None:
    first, rest = WRAPPED.split("\n", 1)
    long = f"{first}\n{rest}\nhttps://example.org/{'a' * 150}\nhttps://example.org/{'b' * 150}\n"
    assert read_plain(long).startswith(WHOLE)
    assert read_plain(long).endswith("a\nhttps://example.org/" + "b" * 150)


def test_lines_that_are_short_by_themselves_stay_lines() -> None:
    text = "Ann Lee, Engineer\nHouses Inc., London\n12 Long Street"
    assert read_plain(text) == text


def test_a_flowed_text_is_put_together_where_it_says_so() -> None:
    flowed = "The first \nline.\n second\n> A quoted \n> one.\n-- \nAnn\n"
    assert read_plain(flowed, flowed=True) == "The first line.\nsecond\n\nA quoted one.\n\n--\nAnn"
    assert read_plain("日本 \n語\n", flowed=True, joined=True) == "日本語"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"From ann@example.org Fri Dec 16 17:04:16 2022\nSubject: x\n\nwords", "Subject: x\n\nwords"),
        (b"\r\n\r\nSubject: x\r\n\r\nwords", "Subject: x\n\nwords"),
        (b"Subject: x\rFrom: y\r\rwords", "From: y\nSubject: x\n\nwords"),
        (b"no headers, only words", "no headers, only words"),
        (b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\nwords\n", "Subject: x\n\nwords"),
        (b"Subject: x\nContent-Type: multipart/mixed\n\nwords\n", "Subject: x\n\nwords"),
        (b"Subject: x\nContent-Transfer-Encoding: base64\n\nU29tZSB3b3Jkcy4", "Subject: x\n\nSome words."),
        (b"Subject: x\nContent-Transfer-Encoding: base64\n\nU29tZSB3b3Jkcy4!!", "Subject: x\n\nSome words."),
        (b"Subject: x\nContent-Type: ;;;\nContent-Transfer-Encoding: ?\n\nwords", "Subject: x\n\nwords"),
        (b"30\nSubject: x\n\nwords and more words<?xml version='1.0'?>", "Subject: x\n\nwords and more wor"),
    ],
)
def test_a_message_that_is_not_as_it_should_be_is_read_all_the_same(data: bytes, text: str) -> None:
    assert read(data).text == text


def test_a_message_of_nothing_is_rejected() -> None:
    with pytest.raises(DocumentRejectedError, match="neither headers nor text"):
        read(b"X-Mailer: y\n\n\n")


def test_parts_that_are_nested_without_end_cost_that_message_alone() -> None:
    parts = "".join(f"Content-Type: multipart/mixed; boundary=b{number}\n\n--b{number}\n" for number in range(3000))
    with pytest.raises(DocumentRejectedError, match="damaged"):
        read_source(Source(f"Subject: x\n{parts}\nwords".encode(), "x.eml"), path="", modified=0.0)
    parts = "".join(f"Content-Type: multipart/mixed; boundary=b{number}\n\n--b{number}\n" for number in range(60))
    assert "nested over 50 deep" in read(f"Subject: x\n{parts}\nwords").missing


WHOLE_MAIL = (
    b"From: =?utf-8?Q?Ann?= <ann@example.org>\nSubject: =?utf-8?B?R3I=?=\nDate: Fri, 16 Dec 2022 17:04:16 -0500\n"
    b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain; format=flowed; charset=utf-8\n\n'
    b"> Some \n> words.\n--b\nContent-Type: message/rfc822\n\nSubject: inner\n\nx\n--b\n"
    b"Content-Type: text/calendar; charset=utf-8\n\nBEGIN:VEVENT\nDTSTART:2024\nEND:VEVENT\n--b\n"
    b"Content-Disposition: attachment; filename*=utf-8''a%20b.pdf\nContent-Transfer-Encoding: base64\n\n"
    b"JVBERi0x\n--b--\n"
)


@given(at=st.integers(0, len(WHOLE_MAIL)), noise=st.binary(max_size=30), cut=st.integers(0, 40))
def test_no_damage_of_a_message_does_more_than_damage(at: int, noise: bytes, cut: int) -> None:
    data = WHOLE_MAIL[:at] + noise + WHOLE_MAIL[at + cut :]
    content = read_or_rejected(lambda: read(data), "its bytes are not text: ")
    if content is None:
        assert noise
        return
    assert content.text.strip()
    assert content.text.encode("utf-8")  # no lone surrogates
    assert all(0 <= heading.start <= heading.end <= len(content.text) for heading in content.headings)
    assert sum(len(member.read()) for member in content.members) <= 2 * len(data)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_rejected(data: bytes) -> None:
    reasons = "its (bytes are not text|text is encrypted): |the message has neither headers nor text: "
    content = read_or_rejected(lambda: read(data), reasons)
    assert content is None or content.text.strip()


def test_the_messages_of_others_are_read(shared: Path) -> None:
    folder = shared / "documents" / "Unstructured-IO+unstructured" / "example-docs" / "eml"
    documents = {path.name: read_document(path) for path in sorted(folder.glob("*.eml")) if path.name != "empty.eml"}
    assert len(documents) == 14
    for name in (
        "fake-email.eml",
        "fake-email-b64.eml",
        "fake-email-malformed-encoding.eml",
        "fake-email-utf-16-be.eml",
    ):
        assert documents[name].title == "Test Email"
        assert documents[name].text.endswith("\n\nImportant points:\n\n- Roses are red\n- Violets are blue")
    assert "אני חושב שזה לא יהיה מקצועי והוגן" in documents["email-no-utf8-2008-07-16.062410.eml"].text
    assert documents["mime-no-body.eml"].text.endswith("\n\nAttachments: image.jpg")
