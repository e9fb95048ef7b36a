"""The encoding of text that does not say it."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import DocumentRejectedError
from index.readers.encoding import decode

SENTENCES = {
    "German": ("Mit freundlichen Grüßen\nJürgen Müller", "cp1252 utf-16-le utf-16-be utf-32-le utf-32-be"),
    "French": ("L’été dernier, nous avons mangé à l’hôtel près du château.", "cp1252"),
    "Italian": ("Perché no? È così più bello.", "cp1252"),
    "Spanish": ("El niño comió una manzana mañana. ¿Dónde está?", "cp1252"),
    "Portuguese": ("Não há informação sobre opções: três razões são já conhecidas.", "cp1252"),
    "Swedish": ("Älgen går över ån på våren.", "cp1252"),
    "Icelandic": ("Það er gott veður í dag.", "cp1252"),
    "Polish": ("Zażółć gęślą jaźń. Proszę zamknąć drzwi.", "cp1250 iso8859-2"),
    "Czech": ("Všichni lidé rodí se svobodní a sobě rovní co do důstojnosti a práv.", "cp1250 iso8859-2"),
    "Hungarian": ("Minden emberi lény szabadon születik és egyenlő méltósága és joga van.", "cp1250"),
    "Romanian": ("Toate fiinţele umane se nasc libere şi egale în demnitate şi în drepturi.", "cp1250 iso8859-2"),
    "Slovenian": ("Človek je šel domov čez žago.", "cp1250 iso8859-2"),
    "Turkish": ("Işığı kapatıp çıktı, sonra da şehre döndü.", "cp1254 iso8859-9"),
    "Lithuanian": ("Visi žmonės gimsta laisvi ir lygūs savo orumu ir teisėmis.", "cp1257"),
    "Russian": ("Привет, как дела?", "cp1251 koi8-r cp866 iso8859-5 utf-16-le utf-32-be"),
    "Ukrainian": ("Всі люди народжуються вільними і рівними у своїй гідності.", "cp1251 koi8-u"),
    "Greek": ("Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι.", "cp1253 iso8859-7"),
    "Hebrew": ("שלום עולם", "iso8859-8 cp1255 utf-16-le"),
    "Arabic": ("يولد جميع الناس أحرارا متساوين في الكرامة والحقوق.", "cp1256 iso8859-6"),
    "Thai": ("มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกัน", "cp874 utf-16-le utf-16-be"),
    "Japanese": ("吾輩は猫である。名前はまだ無い。", "shift_jis euc_jp iso2022_jp utf-16-le utf-32-le"),
    "simplified Chinese": ("你好，世界。今天天气很好。", "gb18030 gb2312 utf-16-le utf-16-be"),
    "traditional Chinese": ("會議將於明天下午三點在台北舉行，請準時出席。", "big5 utf-16-be"),
    "Korean": ("안녕하세요. 회의는 내일 오후 세 시입니다.", "euc_kr utf-16-le utf-16-be"),
    "emoji": ("Hi 😀 there", "utf-16-le utf-16-be utf-32-le utf-32-be utf-16 utf-32"),
    "table": ("Имя;Возраст;Город\nАнна;30;Москва\n", "cp1251 koi8-r"),
    "table in Chinese": ("姓名,年龄,城市\n张三,30,北京\n", "gb18030"),
}


@pytest.mark.parametrize(
    ("words", "encoding"),
    [(words, encoding) for words, encodings in SENTENCES.values() for encoding in encodings.split()],
)
def test_a_sentence_is_enough_to_tell_its_encoding(words: str, encoding: str) -> None:
    assert decode(words.encode(encoding)) == words


def test_a_few_broken_characters_leave_utf8_what_it_is() -> None:
    words = "Größe für Käufer. " * 10
    assert decode(words.encode() + b"\xff") == words + "\ufffd"
    assert decode((words + "ä").encode()[:-1]) == words + "\ufffd"


@pytest.mark.parametrize("data", [b"text\0with a zero" * 3, bytes(range(256)) * 4, b"\1\2\3\4\0" * 20])
def test_zeros_alone_make_no_wide_text(data: bytes) -> None:
    with pytest.raises(DocumentRejectedError, match="bytes are not text"):
        decode(data)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Unstructured-IO+unstructured/example-docs/language-docs/UDHR_first_article_all.txt", "是人都生而自由"),
        ("Unstructured-IO+unstructured/example-docs/language-docs/eng_spa.txt", "dignidad y derechos"),
        ("zylon-ai+private-gpt/tests/server/ingest/test.txt", "deer named Zumi"),
    ],
)
def test_the_shared_texts_are_read_in_their_encoding(shared: Path, name: str, words: str) -> None:
    text = decode((shared / "documents" / name).read_bytes())
    assert words in text
    assert "\ufffd" not in text
