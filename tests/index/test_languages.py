"""Whether a text is English."""

from __future__ import annotations

import pytest

from index import is_english


@pytest.mark.parametrize(
    "text",
    [
        "When does the ferry leave?",
        "rent deposit",
        'Who wrote "Die Verwandlung" and when was it printed?',
        "The café in Łódź is open until ten.",
        "4711 | 12.50 | 3",
        "lumo 600 code E5 meaning",
        "price per kwh biogas",
        "",
    ],
)
def test_english(text: str) -> None:
    assert is_english(text)


@pytest.mark.parametrize(
    "text",
    [
        "Wann fährt die Fähre ab?",
        "Die Miete ist am dritten Werktag zu zahlen.",
        "Quand est-ce que le bateau part ?",
        "treno per Roma da Bari",
        "Quanto costa il biglietto per l'isola?",
        "¿Cuándo se paga el alquiler de la casa?",
        "Depozito ne zaman geri ödeniyor?",
        "Quando é que o barco sai para a ilha?",
        "船はいつ出発しますか",
        "Когда отходит паром?",
        "متى تغادر العبارة؟",
    ],
)
def test_other_languages(text: str) -> None:
    assert not is_english(text)
