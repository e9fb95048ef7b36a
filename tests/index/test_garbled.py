"""Letters that stand for others are told from text in any language, and from what is no running text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.text.garbled import is_garbled

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "corpus" / "lighthouses.md").read_text("utf-8")[:2000]
POLISH = (
    "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni rozumem i "
    "sumieniem i powinni postępować wobec innych w duchu braterstwa. Każda osoba jest uprawniona do korzystania ze "
    "wszystkich praw i wolności wyłożonych w niniejszej deklaracji, bez względu na różnice rasy i koloru skóry."
)
FINNISH = (
    "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan. Heille on annettu järki ja "
    "omatunto, ja heidän on toimittava toisiaan kohtaan veljeyden hengessä. Jokainen on oikeutettu kaikkiin tässä "
    "julistuksessa esitettyihin oikeuksiin ja vapauksiin ilman minkäänlaista rotuun perustuvaa erotusta."
)


def shifted(text: str) -> str:
    """Return what is read where numbers of glyphs are taken for letters: "Volume" is "9ROXPH"."""
    return "".join(chr(ord(letter) - 29) if "=" < letter <= "~" else letter for letter in text)


def test_shifted_letters_are_garbled() -> None:
    assert is_garbled(shifted(TEXT))


def test_letters_in_another_order_are_garbled() -> None:
    assert is_garbled(TEXT.lower().translate(str.maketrans("abcdefghijklmnopqrstuvwxyz", "qzxjkvbwpyfmgucldrhsnioate")))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TEXT, id="English"),
        pytest.param(POLISH, id="Polish"),
        pytest.param(FINNISH, id="Finnish"),
        pytest.param((ROOT / "corpus" / "nachtzuege.md").read_text("utf-8"), id="German"),
        pytest.param(TEXT.upper(), id="capitals"),
        pytest.param(json.dumps({"id": [str(number) for number in range(400)]}), id="numbers"),
        pytest.param("標準マーケットモデルは次元で説明する" * 40, id="Japanese"),
        pytest.param(shifted(TEXT)[:100], id="too little to tell"),
        pytest.param("", id="nothing"),
    ],
)
def test_sound_text_is_not_garbled(text: str) -> None:
    assert not is_garbled(text)
