"""Mail as Outlook saves it: the same text as that of other mail, in whatever form Outlook kept it."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rejections import read_or_rejected

from index.errors import DocumentRejectedError
from index.readers import read_document, read_source
from index.readers.content import Content, Source
from index.readers.mail import eml, msg
from index.readers.mail.msg_rtf import html_in, unpacked

Folder = Mapping[str, "bytes | Folder"]
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound(root: Folder) -> bytes:
    """Write a compound file: folders, streams, and the small streams together in one."""
    sectors, small = _Sectors(512), _Sectors(64)
    entries: list[bytes] = []

    def add(name: str, content: bytes | Folder, right: int = _FREE) -> int:
        number = len(entries)
        entries.append(b"")
        if isinstance(content, bytes):
            start = (small if len(content) < 4096 else sectors).store(content)
            entries[number] = _entry(name, 2, right, _FREE, start, len(content))
            return number
        child = _FREE
        for inner in sorted(content, reverse=True):
            child = add(inner, content[inner], child)
        entries[number] = _entry(name, 1, right, child, _END, 0)
        return number

    top = _FREE
    entries.append(b"")
    for name in sorted(root, reverse=True):
        top = add(name, root[name], top)
    entries[0] = _entry("Root Entry", 5, _FREE, top, sectors.store(b"".join(small.data)), 64 * len(small.data))
    directory = sectors.store(b"".join(entries))
    small_table = sectors.store(struct.pack(f"<{len(small.table)}I", *small.table))
    count = -(-(len(sectors.table) + 8) // 127)
    places = range(len(sectors.data), len(sectors.data) + count)
    table = sectors.table + [_FAT] * count
    header = struct.pack(
        "<8s16x5H6xIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, count, directory, 0, 4096,
        small_table, -(-len(small.table) // 128), _END, 0,
    )  # fmt: skip
    header += struct.pack("<109I", *places, *[_FREE] * (109 - count))
    table += [_FREE] * (count * 128 - len(table))
    return header + b"".join(sectors.data) + struct.pack(f"<{count * 128}I", *table)


class _Sectors:
    """Pieces of one size, and the table that says which follows which."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.data: list[bytes] = []
        self.table: list[int] = []

    def store(self, data: bytes) -> int:
        if not data:
            return _END
        first = len(self.data)
        for at in range(0, len(data), self.size):
            self.data.append(data[at : at + self.size].ljust(self.size, b"\0"))
            self.table.append(len(self.data))
        self.table[-1] = _END
        return first


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    head = struct.pack("<64sHBBIII", raw, len(raw), kind, 1, _FREE, right, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)


def text(number: int, value: str) -> dict[str, bytes]:
    return {f"__substg1.0_{number:04X}001F": value.encode("utf-16-le")}


def narrow(number: int, value: bytes) -> dict[str, bytes]:
    return {f"__substg1.0_{number:04X}001E": value}


def binary(number: int, value: bytes) -> dict[str, bytes]:
    return {f"__substg1.0_{number:04X}0102": value}


def fixed(header: int, values: Mapping[int, int]) -> dict[str, bytes]:
    rows = [struct.pack("<HHIQ", 3, number, 6, value) for number, value in values.items()]
    return {"__properties_version1.0": bytes(header) + b"".join(rows)}


def person(kind: int, name: str, address: str) -> Folder:
    return fixed(8, {0x0C15: kind}) | text(0x3001, name) | text(0x3003, address)


SENT = (1_671_210_256 + 11_644_473_600) * 10_000_000  # 16 December 2022, 17:04:16, in tenths of microseconds from 1601
HEADERS: Folder = {
    **text(0x0037, "The offer"),
    **text(0x0C1A, "Ann Lee"),
    **text(0x0C1F, "ann@example.org"),
    **fixed(32, {0x0039: SENT, 0x3FDE: 1252}),
    "__recip_version1.0_#00000000": person(1, "Bob", "bob@example.org"),
    "__recip_version1.0_#00000001": person(2, "'cy@example.org'", "cy@example.org"),
    "__recip_version1.0_#00000002": person(1, "Dee", "/O=HOUSES/CN=DEE"),
}
SHOWN = (
    "From: Ann Lee <ann@example.org>\nTo: Bob <bob@example.org>, Dee\nCc: cy@example.org\n"
    "Date: Friday, 16 December 2022, 17:04 (UTC)\nSubject: The offer"
)


def read(folder: Folder) -> Content:
    return msg.read(Source(compound(folder), "offer.msg"))


def test_a_message_of_outlook_reads_as_other_mail_does() -> None:
    content = read({**HEADERS, **text(0x1000, "Some words.\r\n\r\nMore of them.\r\n")})
    assert content.title == "The offer"
    assert content.text == f"{SHOWN}\n\nSome words.\n\nMore of them."
    assert (list(content.members), content.missing) == ([], "")


def test_the_headers_that_it_came_with_are_taken_first() -> None:
    content = read(
        {**HEADERS, **text(0x007D, 'From: "Lee, Ann" <a@example.org>\r\nDate: 1 May 2024 09:00 +0200\r\n\r\n')}
    )
    assert content.text.startswith("From: Lee, Ann <a@example.org>\nTo: Bob <bob@example.org>, Dee\n")
    assert "Date: Wednesday, 1 May 2024, 09:00 (UTC+02:00)" in content.text


def test_texts_of_old_messages_are_read_in_their_code_page() -> None:
    russian = "Все люди рождаются свободными."
    folder = narrow(0x1000, russian.encode("cp1251")) | narrow(0x0037, "Слово".encode("cp1251"))
    content = read({**folder, **fixed(32, {0x3FFD: 1251})})
    assert content.text == f"Subject: Слово\n\n{russian}"


def test_html_is_read_where_there_is_no_plain_text() -> None:
    page = "<html><body><p>Größe und <b>Farbe</b>.</p></body></html>"
    content = read({**HEADERS, **binary(0x1013, page.encode("cp1252"))})
    assert content.text == f"{SHOWN}\n\nGröße und Farbe."


HTML_RTF = (
    rb"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}{\f1\fcharset204 Arial;}}"
    rb"{\*\htmltag19 <html>}{\*\htmltag50 <body>}\htmlrtf \lang1033 not this\htmlrtf0"
    rb"{\*\htmltag64 <p>}Gr\'f6\'dfe \{1\} {\f1 \'c4\'e0}\u8364?{\*\htmltag84 &amp;}\tab x{\*\htmltag72 </p>}"
    b"\r\n"
    rb"{\*\htmltag58 </body>}{\*\htmltag27 </html>}}"
)


def packed(rtf: bytes, body: bytes = b"", kind: bytes = b"LZFu") -> bytes:
    """Return RTF as Outlook keeps it, every byte by itself."""
    if kind == b"LZFu" and not body:
        body = b"".join(b"\0" + rtf[at : at + 8] for at in range(0, len(rtf), 8))
    return struct.pack("<II4sI", len(body) + 12, len(rtf), kind, 0) + body


def test_html_that_is_wrapped_in_rtf_is_read() -> None:
    assert html_in(HTML_RTF) == "<html><body><p>Größe {1} Да€&amp;\tx</p></body></html>"
    content = read({**HEADERS, **binary(0x1009, packed(HTML_RTF))})
    assert content.text == f"{SHOWN}\n\nGröße {{1}} Да€& x"


def test_a_letter_of_html_in_rtf_may_be_the_second_byte_of_a_character() -> None:
    html = html_in(rb"{\rtf1\ansi\ansicpg932\fromhtml1 {\*\htmltag <p>}\'83A\'83C{\*\htmltag </p>}}")
    assert html == "<p>アイ</p>"


def test_packed_rtf_is_unpacked_as_the_specification_has_it() -> None:
    # The two examples of MS-OXRTFCP, 4.1 and 4.2: one with the words of the dictionary, one that copies what it writes.
    first = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    assert unpacked(first) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    second = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert unpacked(second) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"
    assert unpacked(packed(b"{\\rtf1 x}", b"{\\rtf1 x}", b"MELA")) == b"{\\rtf1 x}"


def attachment(name: str, data: bytes, media_type: str = "application/pdf") -> Folder:
    return fixed(8, {0x3705: 1}) | text(0x3707, name) | text(0x370E, media_type) | binary(0x3701, data)


def test_attachments_are_members() -> None:
    inner = {
        **text(0x0037, "Inner"),
        **text(0x1000, "Inner words: größer."),
        **text(0x0C1A, "Eve Müller"),
        "__attach_version1.0_#00000000": attachment("Größe.txt", b"one"),
    }
    content = read(
        {
            **HEADERS,
            "__attach_version1.0_#00000000": attachment("a.pdf", b"%PDF-1.4" + bytes(9000)),
            "__attach_version1.0_#00000001": {**fixed(8, {0x3705: 5}), "__substg1.0_3701000D": inner},
            "__attach_version1.0_#00000002": {**attachment("dot.gif", b"x", "image/gif"), **text(0x3712, "1@x")},
            "__attach_version1.0_#00000003": attachment("smime.p7s", b"x", "application/pkcs7-signature"),
        }
    )
    assert content.text == f"{SHOWN}\n\nAttachments: a.pdf, Inner.eml"
    assert content.members[0].read() == b"%PDF-1.4" + bytes(9000)
    message = eml.read(Source(content.members[1].read()))
    assert message.text == ("From: Eve Müller\nSubject: Inner\n\nInner words: größer.\n\nAttachments: Größe.txt")
    assert [member.read() for member in message.members] == [b"one"]


def test_of_a_signed_message_the_text_is_read_and_of_an_encrypted_one_said_to_be_missing() -> None:
    signed = b"Content-Type: multipart/signed; boundary=b\n\n--b\n\nSigned words.\n--b--\n"
    folder = {**HEADERS, "__attach_version1.0_#00000000": attachment("smime.p7m", signed)}
    content = read({**folder, **text(0x001A, "IPM.Note.SMIME.MultipartSigned")})
    assert content.text == f"{SHOWN}\n\nSigned words."
    content = read({**folder, **text(0x001A, "IPM.Note.SMIME")})
    assert content.text == SHOWN
    assert content.missing == "its text is encrypted: decrypt it in the mail program and save it again"


WHOLE = compound({**HEADERS, **binary(0x1009, packed(HTML_RTF)), "__attach_version1.0_#0": attachment("a", b"b")})


NOT_READ = "it is no Outlook message, or is damaged |the file is damaged |the message has neither "


@given(st.integers(0, len(WHOLE)), st.binary(max_size=60), st.integers(0, 600))
def test_no_damage_of_a_message_does_more_than_damage(at: int, noise: bytes, cut: int) -> None:
    source = Source(WHOLE[:at] + noise + WHOLE[at + cut :], "x.msg")
    reasons = NOT_READ if at >= 8 else ".+: "  # without the mark that it begins with it is of another kind
    found = read_or_rejected(lambda: read_source(source, path="", modified=0.0), reasons)
    if found:
        text = found.document.text
        assert text.strip()
        assert all(0 <= heading.start <= heading.end <= len(text) for heading in found.document.headings)
        assert sum(len(member.read()) for member in found.members) <= 2 * len(source.data)


@given(st.binary(max_size=300), st.integers(0, 1 << 32))
def test_any_bytes_are_unpacked_to_something(data: bytes, size: int) -> None:
    rtf = unpacked(struct.pack("<II4sI", 0, size % (1 << 32), b"LZFu", 0) + data)
    assert len(rtf) <= 9 * len(data)
    assert isinstance(html_in(b"{\\rtf1\\fromhtml1 " + data), str)


def test_what_is_no_outlook_message_is_rejected_with_the_reason() -> None:
    with pytest.raises(DocumentRejectedError, match="no Outlook message"):
        msg.read(Source(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)))


def test_of_an_encrypted_message_of_others_the_headers_are_read(shared: Path) -> None:
    path = shared / "documents" / "Unstructured-IO+unstructured" / "example-docs" / "fake-encrypted.msg"
    document = read_document(path)
    assert document.text.startswith(
        "From: Michael Elkins <elkins@aero.org>\nTo: Michael Elkins <elkins@aero.org>\nDate: "
    )
    assert document.missing.startswith("its text is encrypted: ")
