"""MSG: a message as Outlook saves it in, its headers and text out, and what is attached to it as members."""

from __future__ import annotations

import email
import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import policy
from email.header import Header
from email.message import Message
from email.mime.application import MIMEApplication
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from functools import partial

import olefile

from index.errors import DocumentRejectedError
from index.readers import read_source
from index.readers.content import Content, Member, Source, one_line
from index.readers.encoding import decode
from index.readers.mail.eml import ENCRYPTED, SIGNATURES, TINY_IMAGE, header_text, read_parts
from index.readers.mail.message import Body, Mail, date_line, file_name, mail_content
from index.readers.mail.msg_rtf import html_in, unpacked

# Properties by their numbers in MS-OXPROPS.
_CLASS, _SUBJECT, _SENT, _DELIVERED, _HEADERS = 0x001A, 0x0037, 0x0039, 0x0E06, 0x007D
_SENDER_NAME, _SENDER_ADDRESS, _SENDER_SMTP = 0x0C1A, 0x0C1F, 0x5D01
_BODY, _RTF, _HTML = 0x1000, 0x1009, 0x1013
_NAME, _ADDRESS, _SMTP, _KIND_OF_RECIPIENT = 0x3001, 0x3003, 0x39FE, 0x0C15
_DATA, _METHOD, _SHORT_NAME, _LONG_NAME, _MEDIA_TYPE, _CONTENT_ID = 0x3701, 0x3705, 0x3704, 0x3707, 0x370E, 0x3712
_CODE_PAGES = (0x3FFD, 0x3FDE)
_EMBEDDED_METHOD = 5
_KINDS = {1: "To", 2: "Cc", 3: "Bcc"}
_PROPERTIES = "__properties_version1.0"
_ENTRY = struct.Struct("<HHI8s")
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_MAX_DEPTH = 5  # messages in messages
_MAX_RECIPIENTS = 200  # more are no more read than a list of thousands


def read(source: Source) -> Content:
    """Read a message of Outlook; a message that is attached to it is a member that is read as EML."""
    try:
        ole = olefile.OleFileIO(io.BytesIO(source.data))
    except (OSError, ValueError) as error:
        raise DocumentRejectedError(f"it is no Outlook message, or is damaged ({error}): save it again") from error
    folders: dict[tuple[str, ...], list[str]] = {}
    for path in ole.listdir(streams=True, storages=True):
        folders.setdefault(tuple(path[:-1]), []).append(path[-1])
    return mail_content(_Message(ole, folders, ()).mail())


@dataclass(frozen=True, slots=True, eq=False)
class _Storage:
    """A folder of the file: a message, a recipient or an attachment, with its properties."""

    ole: olefile.OleFileIO
    folders: dict[tuple[str, ...], list[str]]
    path: tuple[str, ...]

    def stream(self, name: str) -> bytes:
        """Return the bytes of a stream, b"" if there is none or it is damaged."""
        if name not in self.folders.get(self.path, ()):
            return b""
        try:
            data: bytes = self.ole.openstream([*self.path, name]).read()
        except OSError:
            return b""
        return data

    def binary(self, number: int) -> bytes:
        """Return a property of bytes."""
        return self.stream(f"__substg1.0_{number:04X}0102")

    def text(self, number: int, encoding: str = "") -> str:
        """Return a property of text, or ""."""
        wide = self.stream(f"__substg1.0_{number:04X}001F")
        if wide:
            return wide.decode("utf-16-le", "replace").replace("\r\n", "\n").replace("\0", "")
        return _decoded(self.stream(f"__substg1.0_{number:04X}001E"), encoding)

    def fixed(self, header: int) -> dict[int, bytes]:
        """Return the properties of a fixed size: eight bytes each, by number; `header` bytes stand before them."""
        data = self.stream(_PROPERTIES)[header:]
        whole = data[: len(data) - len(data) % _ENTRY.size]
        return {number: value for _, number, _, value in _ENTRY.iter_unpack(whole)}

    def inner(self, prefix: str) -> Iterator[_Storage]:
        """Yield the folders in this one whose name begins so."""
        for name in sorted(self.folders.get(self.path, ())):
            if name.startswith(prefix):
                yield _Storage(self.ole, self.folders, (*self.path, name))


class _Message(_Storage):
    """A message, the file's own or one that is attached."""

    __slots__ = ()

    def mail(self) -> Mail:
        """Return the message in the form that all mail is read in."""
        fixed = self.fixed(24 if self.path else 32)
        encoding = _encoding(fixed)
        subject = self.text(_SUBJECT, encoding)
        transport = email.message_from_string(self.text(_HEADERS, encoding), policy=policy.compat32)
        headers = [(name, header_text(transport, name)) for name in ("From", "To", "Cc", "Bcc", "Date")]
        own = {"From": self._sender(encoding), "Date": _date(fixed)} | self._recipients(encoding)
        headers = [(name, value or own.get(name, "")) for name, value in headers]
        members, extra, missing = self._attachments(encoding)
        body = self._body(encoding)
        return Mail(subject, [*headers, ("Subject", subject)], [body, *extra], members, missing)

    def _body(self, encoding: str) -> Body:
        plain = self.text(_BODY, encoding)
        html = self.text(_HTML, encoding) or _decoded(self.binary(_HTML), encoding)
        if not plain.strip() and not html.strip():
            rtf = unpacked(self.binary(_RTF))
            html = html_in(rtf)
            if not html and rtf.startswith(b"{\\rtf"):
                plain = _rtf_text(rtf)
        return Body(plain, html)

    def _sender(self, encoding: str) -> str:
        address = self.text(_SENDER_SMTP, encoding) or self.text(_SENDER_ADDRESS, encoding)
        return _person(self.text(_SENDER_NAME, encoding), address)

    def _recipients(self, encoding: str) -> dict[str, str]:
        people: dict[str, list[str]] = {}
        for number, recipient in enumerate(self.inner("__recip_version1.0_#")):
            if number >= _MAX_RECIPIENTS:
                break
            kind = _KINDS.get(_number(recipient.fixed(8), _KIND_OF_RECIPIENT), "To")
            address = recipient.text(_SMTP, encoding) or recipient.text(_ADDRESS, encoding)
            people.setdefault(kind, []).append(_person(recipient.text(_NAME, encoding), address))
        return {kind: ", ".join(filter(None, names)) for kind, names in people.items()}

    def _attachments(self, encoding: str) -> tuple[list[Member], list[Body], str]:
        """Return what is attached, what of it is the message's own text, and what is missing."""
        members: list[Member] = []
        bodies: list[Body] = []
        missing = ""
        message_class = self.text(_CLASS, encoding).lower()
        for attachment in self.inner("__attach_version1.0_#"):
            embedded = f"__substg1.0_{_DATA:04X}000D"
            media_type = attachment.text(_MEDIA_TYPE, encoding).lower()
            if _number(attachment.fixed(8), _METHOD) == _EMBEDDED_METHOD and embedded in self.folders.get(
                attachment.path, ()
            ):
                message = _Message(self.ole, self.folders, (*attachment.path, embedded))
                name = message.text(_SUBJECT, encoding) or attachment.text(_NAME, encoding)
                members.append(Member(f"{file_name(name)}.eml", 0, partial(_as_eml, message)))
            elif message_class.startswith("ipm.note.smime.multipartsigned"):
                signed = read_parts(attachment.binary(_DATA))
                members, bodies, missing = [*members, *signed.members], [*bodies, *signed.bodies], signed.missing
            elif message_class.startswith("ipm.note.smime") or _is_encrypted(attachment, media_type):
                missing = ENCRYPTED
            elif media_type not in SIGNATURES and not _is_ornament(attachment, media_type):
                name = next(filter(None, (attachment.text(n, encoding) for n in (_LONG_NAME, _SHORT_NAME, _NAME))), "")
                members.append(Member(one_line(name) or "attachment", 0, partial(attachment.binary, _DATA)))
        return members, bodies, missing


def _is_encrypted(attachment: _Storage, media_type: str) -> bool:
    return media_type == "application/pgp-encrypted" or b"-----BEGIN PGP MESSAGE-----" in attachment.binary(_DATA)[:100]


def _is_ornament(attachment: _Storage, media_type: str) -> bool:
    """Tell whether an attachment is a small picture that the text shows."""
    if not media_type.startswith("image/") or not attachment.text(_CONTENT_ID):
        return False
    return len(attachment.binary(_DATA)) < TINY_IMAGE or not attachment.text(_LONG_NAME)


def _as_eml(message: _Message) -> bytes:
    """Return a message that is attached to another one in the form of one that can stand alone."""
    return _eml(message, _MAX_DEPTH).as_bytes()


def _eml(message: _Message, depth: int) -> Message:
    mail = message.mail()
    whole = MIMEMultipart()
    for name, value in mail.headers:
        if value:
            whole.add_header(name, Header(_encodable(one_line(value)), "utf-8").encode())
    for body in mail.bodies:
        forms = MIMEMultipart("alternative")
        if body.plain:
            forms.attach(MIMEText(_encodable(body.plain), "plain", "utf-8"))
        if body.html:
            forms.attach(MIMEText(_encodable(body.html), "html", "utf-8"))
        whole.attach(forms)
    for member in mail.members:
        if isinstance(member.read, partial) and member.read.func is _as_eml:
            if depth > 1:
                whole.attach(MIMEMessage(_eml(member.read.args[0], depth - 1)))
            continue
        file = MIMEApplication(member.read())
        file.add_header("Content-Disposition", "attachment", filename=("utf-8", "", _encodable(member.name)))
        whole.attach(file)
    return whole


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _rtf_text(rtf: bytes) -> str:
    try:
        return read_source(Source(rtf, "body.rtf"), path="", modified=0.0).document.text
    except DocumentRejectedError:
        return ""


def _person(name: str, address: str) -> str:
    name, address = one_line(name).strip("'\""), one_line(address)
    if not name or name == address or not address:
        return name or address
    # Exchange's own addresses, "/O=COMPANY/OU=...", say nothing to people.
    return name if address.startswith("/") else f"{name} <{address}>"


def _number(fixed: dict[int, bytes], number: int) -> int:
    return int.from_bytes(fixed.get(number, b"")[:4], "little")


def _date(fixed: dict[int, bytes]) -> str:
    value = next((fixed[number] for number in (_SENT, _DELIVERED) if any(fixed.get(number, b""))), b"")
    try:
        return date_line(_EPOCH + timedelta(microseconds=int.from_bytes(value, "little") // 10)) if value else ""
    except OverflowError:
        return ""


def _encoding(fixed: dict[int, bytes]) -> str:
    page = next((page for number in _CODE_PAGES if (page := _number(fixed, number))), 0)
    return {0: "", 65001: "utf-8", 20127: "ascii", 28591: "latin-1", 1200: ""}.get(page, f"cp{page}")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return decode(data, encoding) if data else ""
    except DocumentRejectedError:
        return ""
