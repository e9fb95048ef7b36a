"""EML: a message as it travels in, its headers and text out, and what is attached to it as members."""

from __future__ import annotations

import email
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parsedate_to_datetime

from index.errors import DocumentRejectedError
from index.readers.content import Content, Member, Source, one_line
from index.readers.encoding import decode
from index.readers.mail.calendar import read_calendar
from index.readers.mail.message import Body, Mail, date_line, file_name, mail_content

_SHOWN_HEADERS = ("From", "To", "Cc", "Bcc", "Date", "Subject")
_MAX_HEADER = 20_000  # characters that are decoded, which takes longer than they are long
_MAX_DEPTH = 50  # parts in parts
_MARK = re.compile(rb"\xef\xbb\xbf|\s*(?:>?From [^\r\n]*(?:\r\n|\r|\n))?")
_WIDE = re.compile(rb"\xff\xfe|\xfe\xff|.{0,3}\0", re.DOTALL)
_APPLE = re.compile(rb"(\d{1,9})[ \t]*\r?\n")  # emlx: how long the message is stands before it
ENCRYPTED = "its text is encrypted: decrypt it in the mail program and save it again"
_SIGNED = "its text is packed into its signature: save it from the mail program without one"
_OUTLOOK = "what is attached is packed in Outlook's own way (winmail.dat): save it from Outlook, or have it sent again"
_SEALED = ("application/pkcs7-mime", "application/x-pkcs7-mime")
SIGNATURES = frozenset(
    f"application/{kind}" for kind in ("pkcs7-signature", "x-pkcs7-signature", "pgp-signature", "pgp-keys")
)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_BARE = re.compile(r"(^|, )<([^<>]*)>")  # an address without a name
_SUBJECT = re.compile(rb"(?:\A|(?<=[\r\n]))Subject:((?:[^\r\n]|(?:\r\n|\r|\n)[ \t])*)", re.IGNORECASE)
_END_OF_HEADERS = re.compile(rb"\r\n\r\n|\n\n|\r\r|\Z")
TINY_IMAGE = 2048  # bytes of a picture in the text that is a line, a logo's dot or a tracking pixel
_PGP_MESSAGE = re.compile(r"-----BEGIN PGP MESSAGE-----.*?(?:-----END PGP MESSAGE-----|\Z)", re.DOTALL)
_PGP_SIGNED = re.compile(r"-----BEGIN PGP SIGNED MESSAGE-----\n(?:Hash: [^\n]*\n)*\n?")
_PGP_SIGNATURE = re.compile(r"-----BEGIN PGP SIGNATURE-----.*?(?:-----END PGP SIGNATURE-----|\Z)", re.DOTALL)


def read(source: Source) -> Content:
    """Read a message: of the same text in several forms the plain one, unless that only stands in for the other."""
    return mail_content(_read_mail(source.data))


def subject_of(data: bytes) -> str:
    """Return the subject of a message that need not be whole, or ""; made for mailboxes of many."""
    end = _END_OF_HEADERS.search(data)
    found = _SUBJECT.search(data, 0, end.start() if end else len(data))
    return one_line(_decoded(found[1].decode("utf-8", "surrogateescape"))) if found else ""


def _read_mail(data: bytes) -> Mail:
    message = email.message_from_bytes(_as_bytes(data), policy=policy.compat32)
    parts = Parts()
    parts.add(message, 0)
    headers = [(name, header_text(message, name)) for name in _SHOWN_HEADERS]
    return Mail(header_text(message, "Subject"), headers, parts.bodies, parts.members, parts.missing)


def read_parts(data: bytes) -> Parts:
    """Return the parts of a message, whatever its headers say."""
    parts = Parts()
    parts.add(email.message_from_bytes(data, policy=policy.compat32), 0)
    return parts


def _as_bytes(data: bytes) -> bytes:
    """Return the message alone, in bytes of which headers can be read."""
    if _WIDE.match(data):
        data = decode(data).encode("utf-8", "replace")
    apple = _APPLE.match(data)
    if apple:
        data = data[apple.end() : apple.end() + int(apple[1])]
    mark = _MARK.match(data)
    return data[mark.end() :] if mark else data


def header_text(message: Message, name: str) -> str:
    """Return a header as a person reads it, or "": nothing that it may hold raises."""
    found = [value for key, value in message.raw_items() if key.lower() == name.lower()]
    values = [one_line(_decoded(str(value))) for value in found]
    if name == "Date":
        return _date(values[0]) if values else ""
    if name == "Subject":
        return values[0] if values else ""
    people = ", ".join(_QUOTED.sub(_unquoted, value) for value in values)
    return _BARE.sub(r"\1\2", people)


def _unquoted(quoted: re.Match[str]) -> str:
    return re.sub(r"\\(.)", r"\1", quoted[1])


def _decoded(value: str) -> str:
    """Return a header with its encoded words decoded, and its bytes in whatever encoding they look like."""
    value = value[:_MAX_HEADER]
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError):  # broken base64
        pieces = [(value, None)]
    words = []
    for piece, charset in pieces:
        raw = piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogateescape")
        words.append(_text(raw, charset if charset != "unknown-8bit" else ""))
    return "".join(words)


def _date(value: str) -> str:
    """Return a date as people read it, or as it stands if it is none."""
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            return date_line(parse(value.strip()))
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return value


def _text(data: bytes, charset: str | None) -> str:
    """Return text in the encoding that it is said to have, or in another one, or with what can't be read left out."""
    declared = charset or ""
    if declared.lower().replace("_", "-") in ("utf-7", "iso-2022-jp", "iso-2022-kr", "iso-2022-cn", "hz-gb-2312"):
        try:
            return data.decode(declared)  # its bytes are all ASCII, so that they would be taken for that
        except (UnicodeError, LookupError):
            pass
    try:
        return decode(data, declared)
    except DocumentRejectedError:
        return data.decode("utf-8", "ignore").replace("\0", "")


@dataclass(slots=True)
class Parts:
    """Goes through the parts of a message once, and puts each where it belongs."""

    bodies: list[Body] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    missing: str = ""

    def add(self, part: Message, depth: int) -> None:
        """Add a part and all that is in it."""
        kind = part.get_content_type()
        if depth > _MAX_DEPTH:
            self.missing = f"what is nested over {_MAX_DEPTH} deep in it is not read: save its attachments alone"
        elif kind in ("message/rfc822", "message/global"):
            self._add_message(part)
        elif kind == "multipart/encrypted":
            self.missing = ENCRYPTED
        elif kind in _SEALED:
            self.missing = _SIGNED if part.get_param("smime-type") == "signed-data" else ENCRYPTED
        elif kind == "multipart/alternative":
            self._add_alternatives(part, depth)
        elif kind == "message/delivery-status":
            self.bodies.append(Body("\n".join(str(block) for block in _inner(part))))
        elif part.is_multipart():
            for inner in _inner(part):
                self.add(inner, depth + 1)
        else:
            self._add_leaf(part, kind)

    def _add_alternatives(self, part: Message, depth: int) -> None:
        """Add the forms of one text as one body; what else is among them, each by itself."""
        forms = Parts()
        for inner in _inner(part):
            forms.add(inner, depth + 1)
        plain = [body for body in forms.bodies if body.plain]
        rich = [body.html for body in forms.bodies if body.html]
        first = plain[0] if plain else Body()
        text = "\n\n".join(body.plain for body in plain)
        if text or rich:
            self.bodies.append(Body(text, "\n".join(rich), first.flowed, first.joined))
        self.members += forms.members
        self.missing = self.missing or forms.missing

    def _add_message(self, part: Message) -> None:
        for message in _inner(part):
            name = f"{file_name(header_text(message, 'Subject'))}.eml"
            self.members.append(Member(name, 0, message.as_bytes))

    def _add_leaf(self, part: Message, kind: str) -> None:
        if kind.startswith("multipart/"):  # whose parts are not to be found
            kind = "text/plain"
        name = _file_name(part)
        attached = part.get_content_disposition() == "attachment" or bool(name)
        if kind in SIGNATURES:
            return
        if kind == "application/ms-tnef" or name.lower() == "winmail.dat":
            self.missing = _OUTLOOK
            return
        if kind == "text/calendar":
            event = read_calendar(_text(_payload(part), part.get_content_charset()))
            if event and not any(body.plain == event for body in self.bodies):
                self.bodies.append(Body(event))
        elif attached or not kind.startswith("text/"):
            self._add_file(part, kind, name)
        else:
            self._add_text(part, kind)

    def _add_text(self, part: Message, kind: str) -> None:
        text = _text(_payload(part), part.get_content_charset())
        if kind == "text/html" or text[:500].lstrip().lower().startswith(("<!doctype html", "<html")):
            self.bodies.append(Body(html=text))
            return
        if kind in ("text/enriched", "text/richtext"):
            text = re.sub(r"<[^<>]*>", "", text.replace("<<", "<"))
        if _PGP_MESSAGE.search(text):
            self.missing = ENCRYPTED
        text = _PGP_SIGNATURE.sub("", _PGP_SIGNED.sub("", _PGP_MESSAGE.sub("", text)))
        flowed = str(part.get_param("format", "")).lower() == "flowed"
        self.bodies.append(Body(text, "", flowed, str(part.get_param("delsp", "")).lower() == "yes"))

    def _add_file(self, part: Message, kind: str, name: str) -> None:
        inline = part.get_content_disposition() != "attachment"
        if kind.startswith("image/") and inline and (not name or len(_payload(part)) < TINY_IMAGE):
            return
        if not name:
            name = "attachment" + (mimetypes.guess_extension(kind) or "")
        self.members.append(Member(name, 0, lambda: _payload(part)))


def _inner(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (inner for inner in payload if isinstance(inner, Message))


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _file_name(part: Message) -> str:
    """Return the name of an attached file, or ""."""
    try:
        return one_line(_decoded(part.get_filename("") or ""))
    except (ValueError, TypeError, LookupError):  # of a name that is broken
        return ""
