"""PDF: the cells of a table stand behind the names of their columns, if it is sure what these are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from index.readers import read_document
from index.readers.content import Source
from index.readers.pdf import figures
from index.readers.pdf import pdf as reader

Pdf = Callable[..., Path]
Drawn = list[tuple[object, ...]]

LEFTS = (72, 200, 280, 360, 440)
WIDTHS = {  # of Helvetica's letters, in the font's size; most others have .556
    " ": 0.278, ",": 0.278, ".": 0.278, "t": 0.278, "i": 0.222, "l": 0.222, "r": 0.333, "s": 0.5, "c": 0.5, "k": 0.5,
    "m": 0.833, "M": 0.833, "N": 0.722, "D": 0.722, "T": 0.611, "E": 0.667, "S": 0.667,
}  # fmt: skip


def rows_at(top: float, *rows: Sequence[str], lefts: Sequence[float] = LEFTS) -> Drawn:
    """Return the cells of rows, those without text left out."""
    return [
        (left, top + 14 * number, cell)
        for number, row in enumerate(rows)
        for left, cell in zip(lefts, row, strict=False)
        if cell
    ]


def lines_of(path: Path) -> list[str]:
    return read_document(path).text.splitlines()


def test_cells_stand_behind_the_names_of_their_columns(pdf: Pdf) -> None:
    drawn = rows_at(100, ("Planet", "Radius", "Moons"), ("Mars", "3,390 km", "2"), ("Earth", "6,371 km", "1"))
    document = read_document(pdf([drawn]))
    lines = document.text.splitlines()
    assert lines == ["Planet Radius Moons", "Planet: Mars; Radius: 3,390 km; Moons: 2", lines[2]]
    boxes = document.pages[1].boxes
    assert boxes is not None
    start = document.text.index("Radius: 3,390")
    assert np.isnan(boxes[start : start + 8]).all()
    assert boxes[start + 8, 0] == pytest.approx(200, abs=2)


def test_years_name_columns_and_the_first_column_may_have_no_name(pdf: Pdf) -> None:
    drawn = rows_at(100, ("", "2021", "2022"), ("Net income", "417", "(523)"), ("Revenue", "$4,170", "$5,230"))
    assert lines_of(pdf([drawn]))[1] == "Net income; 2021: 417; 2022: (523)"


def test_a_name_above_several_columns_is_of_each_of_them(pdf: Pdf) -> None:
    rows = (("Germany", "12", "34", "56", "78"), ("France", "13", "35", "57", "79"))
    names = [(241, 100, "Men"), (395, 100, "Women")]
    drawn = [*names, *rows_at(114, ("Country", "2010", "2020", "2010", "2020"), *rows)]
    assert lines_of(pdf([drawn]))[-2] == "Country: Germany; Men 2010: 12; Men 2020: 34; Women 2010: 56; Women 2020: 78"


def test_a_name_of_several_lines_is_one(pdf: Pdf) -> None:
    names = rows_at(100, ("", "Retail", "Outlets"), ("", "sales", ""), ("Country", "(bn)", ""))
    drawn = [*names, *rows_at(142, ("Spain", "89", "440"), ("Italy", "311", "627"))]
    assert lines_of(pdf([drawn]))[-1] == "Country: Italy; Retail sales (bn): 311; Outlets: 627"


def test_a_table_that_goes_on_keeps_its_names(pdf: Pdf) -> None:
    rows = [(f"Item {number}", str(1000 + number), str(7 * number)) for number in range(10, 30)]
    pages = [rows_at(100, ("Item", "Price", "Stock"), *rows[:10]), rows_at(100, *rows[10:])]
    assert lines_of(pdf(pages))[-1] == "Item: Item 29; Price: 1029; Stock: 203"


def test_a_title_above_a_table_names_no_column(pdf: Pdf) -> None:
    title = [(72, 80, "Table 3. Stocks of the warehouse at the end of the year, in pieces")]
    drawn = [*title, *rows_at(100, ("Item", "Price", "Stock"), ("Nut", "10", "20"), ("Bolt", "11", "21"))]
    assert lines_of(pdf([drawn]))[-1] == "Item: Bolt; Price: 11; Stock: 21"


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(
            (
                ("Serial:", "4583", "Built:", "No"),
                ("Seats:", "4", "Weight:", "2000"),
                ("Gear:", "3", "Inspected:", "2"),
            ),
            id="form",
        ),
        pytest.param(
            (("Cup", "less than 9 cm"), ("Weight, empty", "6.4 kg"), ("Tank", "1.8 l"), ("Cable", "1.1 m")),
            id="values in several units",
        ),
        pytest.param((("Nut", "10", "20"), ("Bolt", "11", "21"), ("Washer", "12", "22")), id="without names"),
        pytest.param((("Item", "Price", "Price"), ("Nut", "10", "20"), ("Bolt", "11", "21")), id="two of a name"),
    ],
)
def test_where_nothing_surely_names_the_columns_there_are_no_names(pdf: Pdf, rows: Sequence[Sequence[str]]) -> None:
    text = read_document(pdf([rows_at(100, *rows)])).text
    assert ";" not in text
    assert "Price: " not in text


@pytest.mark.parametrize(
    ("one", "other"), [("16,080 tons", "900 barrels"), ("11.6 years", "10.3 years"), ("- 3 million", "+ 12 million")]
)
def test_numbers_with_the_word_for_their_unit_stand_in_columns(pdf: Pdf, one: str, other: str) -> None:
    names, rows = ("Commodity", "Volume", "Hedged"), (("Iron", one, other), ("Resin", other, one))
    assert lines_of(pdf([rows_at(100, names, *rows)]))[-1] == f"Commodity: Resin; Volume: {other}; Hedged: {one}"


def test_spans_of_time_name_columns(pdf: Pdf) -> None:
    names, rows = ("Due", "1-3 years", "4-5 years"), (("Loans", "500", "20"), ("Leases", "11", "5"))
    assert lines_of(pdf([rows_at(100, names, *rows)]))[-1] == "Due: Leases; 1-3 years: 11; 4-5 years: 5"


def test_names_without_one_for_the_first_column_begin_another_table(pdf: Pdf) -> None:
    first = rows_at(100, ("Cost", "2021", "2022"), ("Wages", "417", "523"), ("Rent", "40", "41"))
    second = rows_at(
        142, ("", "31 May 2021", "30 June 2022"), ("Term", "3.5 years", "2.5 years"), ("Rate", "2.8 %", "3.1 %")
    )
    assert lines_of(pdf([first + second]))[-1] == "Rate; 31 May 2021: 2.8 %; 30 June 2022: 3.1 %"


def test_two_columns_of_prose_are_no_table(pdf: Pdf, column: Callable[..., Drawn]) -> None:
    left = [f"the left column has 3 lines of words, number {number}" for number in range(8)]
    drawn = [*column(*left), *column(*left, left=330)]
    assert ";" not in read_document(pdf([drawn])).text


def test_each_page_is_told_again_when_its_tables_are_looked_for(pdf: Pdf) -> None:
    drawn = rows_at(100, ("Planet", "Radius", "Moons"), ("Mars", "3,390 km", "2"), ("Earth", "6,371 km", "1"))
    told: list[tuple[int, int]] = []
    reader.read(Source(pdf([drawn, [], drawn]).read_bytes(), report=lambda page, pages: told.append((page, pages))))
    assert told == [(1, 3), (2, 3), (3, 3), (1, 3), (3, 3)]


def test_what_cells_say_is_looked_at_once_for_each_text(pdf: Pdf, monkeypatch: pytest.MonkeyPatch) -> None:
    matched: list[str] = []

    class Figure:
        def fullmatch(self, text: str) -> object:
            matched.append(text)
            return figure.fullmatch(text)

    figure = figures._FIGURE
    monkeypatch.setattr(figures, "_FIGURE", Figure())
    rows = [(f"Row no. {number}", "71,3", "82,4", "93,5") for number in range(30)]
    drawn = rows_at(100, ("Kind", "First", "Second", "Third"), *rows)
    assert "Row no. 29; First: 71,3; Second: 82,4" in " ".join(lines_of(pdf([drawn])))
    assert matched.count("82,4") <= 1


@pytest.mark.parametrize("count", [2, 5])
def test_amounts_are_in_their_columns_where_the_words_before_them_stand_too_close_to_be_parted(
    pdf: Pdf, count: int
) -> None:
    bookings = [("07.01.2025", "Basislastschrift", "", "12,50"), ("08.01.2025", "Gutschrift", "88,10", "")]
    bookings += [(f"{day:02}.02.2025", "Standing order", "", f"{day},90") for day in range(1, count - 1)]
    drawn = rows_at(100, ("Date", "Text", "Debit", "Credit"), *bookings, lefts=(72, 125, 300, 380))
    assert lines_of(pdf([drawn]))[1:3] == [
        "07.01.2025 Basislastschrift; Credit: 12,50",
        "08.01.2025 Gutschrift; Debit: 88,10",
    ]


def test_a_short_label_far_from_its_amount_is_a_row_and_no_mark_of_a_list(pdf: Pdf) -> None:
    drawn = rows_at(100, ("Rent", "500.00"), ("Tax", "40.25"), ("Gas", "12.10"), lefts=(72, 300))
    assert lines_of(pdf([drawn])) == ["Rent 500.00", "Tax 40.25", "Gas 12.10"]
    drawn = rows_at(100, ("Item", "Paid", "Owed"), ("Rent", "500.00", ""), ("Gas", "", "40.00"), lefts=(72, 300, 380))
    assert lines_of(pdf([drawn]))[1:] == ["Item: Rent; Paid: 500.00", "Item: Gas; Owed: 40.00"]


def test_no_row_is_lost_of_a_table_over_several_pages_whose_rows_are_alike(pdf: Pdf) -> None:
    pages = [
        rows_at(60, ("Part", "Price", "Stock"), *((f"Part {at}", str(1000 + at), str(7 * at)) for at in on_page))
        for on_page in (range(45 * page, 45 * page + 45) for page in range(4))
    ]
    lines = lines_of(pdf(pages))
    assert [line for line in lines if line.startswith("Part:")] == [
        f"Part: Part {at}; Price: {1000 + at}; Stock: {7 * at}" for at in range(180)
    ]


def middle_of(text: str, left: float, right: float, top: float, size: float = 10) -> tuple[object, ...]:
    """Return a text in the middle between two places, as wide as Helvetica sets it."""
    width = sum(WIDTHS.get(letter, 0.556) for letter in text) * size
    return ((left + right - width) / 2, top, text, size)


def test_periods_above_dates_above_years_are_names_though_their_lines_are_not_quite_level(pdf: Pdf) -> None:
    periods = [middle_of("Three Months Ended", 200, 302, 100), middle_of("Nine Months Ended", 360, 462, 103.5)]
    dates = [middle_of("September 30,", 200, 302, 114), middle_of("September 30,", 360, 462, 114)]
    rows = (("Net sales", "5,934", "6,317", "7,237", "7,918"), ("Interest", "(617)", "(806)", "(673)", "(469)"))
    drawn = [*periods, *dates, *rows_at(128, ("", "2022", "2023", "2022", "2023"), *rows)]
    three, nine = "Three Months Ended September 30,", "Nine Months Ended September 30,"
    assert lines_of(pdf([drawn]))[-1] == (
        f"Interest; {three} 2022: (617); {three} 2023: (806); {nine} 2022: (673); {nine} 2023: (469)"
    )


def test_a_label_of_two_lines_does_not_end_a_table(pdf: Pdf) -> None:
    rows = [("Net income", "", "417", "523"), ("Other comprehensive income of the year:", "", "", "")]
    label = [("Foreign currency translation, net of tax and", "", "", ""), ("  of hedges", "", "(24)", "(13)")]
    drawn = rows_at(100, ("", "", "2021", "2022"), *rows, *label, ("Total", "", "393", "510"))
    lines = lines_of(pdf([drawn]))
    assert "Foreign currency translation, net of tax and of hedges; 2021: (24); 2022: (13)" in lines
    assert lines[-1] == "Total; 2021: 393; 2022: 510"


def test_a_long_label_may_reach_across_columns_in_which_its_row_has_nothing(pdf: Pdf) -> None:
    notes = [(f"{rate} Notes", "March 2020", f"May 20{rate[0]}5", rate, "500") for rate in ("1.7%", "2.1%", "3.2%")]
    total = [(72, 100 + 14 * 4, "Unamortized discount and costs of the debt"), (440, 100 + 14 * 4, "21")]
    drawn = [*rows_at(100, ("Notes", "Issued", "Due", "Rate", "Value"), *notes), *total]
    lines = lines_of(pdf([drawn]))
    assert lines[2] == "Notes: 2.1% Notes; Issued: March 2020; Due: May 2025; Rate: 2.1%; Value: 500"
    assert lines[-1] == "Notes: Unamortized discount and costs of the debt; Value: 21"


def test_a_column_in_which_nothing_stands_but_dashes_is_a_column(pdf: Pdf) -> None:
    rows = (("Bonds", "24,542", "—", "(287)"), ("Shares", "1,892", "—", "(84)"), ("Other", "169", "—", "(6)"))
    text = read_document(pdf([rows_at(100, ("Kind", "Cost", "Gains", "Losses"), *rows)])).text
    assert "Kind: Other; Cost: 169" in text
    assert "Gains: —; Losses: (6)" in text


def test_names_that_tell_columns_apart_stay_where_the_line_above_them_is_not_understood(pdf: Pdf) -> None:
    above = [middle_of("Three Months Ended", 200, 402, 100)]
    rows = (("Phones", "6,577", "7,162", "(8)%"), ("Tablets", "9,396", "7,248", "30 %"))
    drawn = [*above, *rows_at(114, ("", "Dec 2022", "Dec 2021", "Change"), *rows)]
    assert lines_of(pdf([drawn]))[-1].endswith("Dec 2022: 9,396; Dec 2021: 7,248; Change: 30 %")


def test_a_year_with_the_number_of_a_note_is_a_name(pdf: Pdf) -> None:
    rows = (("Tax credits", "39", "381"), ("Other items", "171", "167"))
    lines = lines_of(pdf([rows_at(100, ("", "2016", "2017 (6)"), *rows)]))
    assert lines[-1] == "Other items; 2016: 171; 2017 (6): 167"


def test_a_column_is_as_wide_as_the_rule_above_it(pdf: Pdf) -> None:
    places = [(200, 262), (280, 342), (360, 422), (440, 502)]
    years = [middle_of(year, *place, 114) for year, place in zip(("2022", "2023") * 2, places, strict=True)]
    periods = [middle_of("June 30,", 200, 342, 100), middle_of("June 30, to date", 360, 502, 100)]
    ends = [
        [(right - 5.56 * len(text), 132 + 14 * row, text) for (_, right), text in zip(places, texts, strict=True)]
        for row, texts in enumerate((("740", "917", "580", "908"), ("559", "640", "213", "450")))
    ]
    drawn = [*periods, *years, (72, 132, "Financing"), *ends[0], (72, 146, "Investing"), *ends[1]]
    lines = lines_of(pdf([drawn], rules=[(left, right, 117) for left, right in places]))
    assert lines[-1] == (
        "Investing; June 30, 2022: 559; June 30, 2023: 640; June 30, to date 2022: 213; June 30, to date 2023: 450"
    )


PLACES = ((200, 262), (280, 342), (360, 422), (440, 502))


def centred(top: float, *texts: str, places: Sequence[tuple[float, float]] = PLACES) -> Drawn:
    """Return texts in the middle of their places, those without text left out."""
    return [middle_of(text, *place, top) for text, place in zip(texts, places, strict=False) if text]


def ending(top: float, *rows: Sequence[str], places: Sequence[tuple[float, float]] = PLACES) -> Drawn:
    """Return rows of figures, each of which ends where its place does, behind a label; the first ones are dollars."""
    drawn: Drawn = [(left, top, "$") for (left, _), _ in zip(places, rows[0][1:], strict=False)]
    for number, (label, *texts) in enumerate(rows):
        drawn.append((72, top + 14 * number, label))
        figures = ((text, right) for text, (_, right) in zip(texts, places, strict=False))
        drawn += [(right - 5.56 * len(text), top + 14 * number, text) for text, right in figures]
    return drawn


AREAS = (("Japan", "505", "583", "441", "893"), ("Taiwan", "887", "247", "880", "280"))


def test_lines_of_names_may_stand_wide_apart_where_each_word_is_above_another(pdf: Pdf) -> None:
    years = [middle_of("2020", 200, 342, 88), middle_of("2019", 360, 502, 88)]
    names = [*centred(100, "Net", "Long-lived", "Net", "Long-lived"), *centred(119, *("sales", "assets") * 2)]
    assert lines_of(pdf([[*years, *names, *ending(142, *AREAS)]]))[-1] == (
        "Taiwan; 2020 Net sales: 887; 2020 Long-lived assets: 247; 2019 Net sales: 880; 2019 Long-lived assets: 280"
    )


@pytest.mark.parametrize("unit", ["(In millions)", "Increase/(Decrease)"])
def test_what_stands_above_all_columns_and_under_their_names_names_none(pdf: Pdf, unit: str) -> None:
    drawn = [*centred(100, "2020", "2019"), middle_of(unit, 200, 342, 114), *ending(128, *(row[:3] for row in AREAS))]
    assert lines_of(pdf([drawn]))[-1] == "Taiwan; 2020: 887; 2019: 247"
    beside = [(72, 114, "Assets:"), *drawn]
    assert lines_of(pdf([beside]))[-1] == "Taiwan; 2020: 887; 2019: 247"


def test_of_a_name_that_is_too_long_what_stands_above_its_column_alone_is_kept(pdf: Pdf) -> None:
    above = middle_of("Measurements of Fair Value at the Reporting Date by Kinds of Inputs", 200, 502, 88)
    names = [
        *centred(100, "", "Quoted", "Observable", "Unobserved"),
        *centred(112, "", "Prices in", "Inputs in", "Inputs in"),
    ]
    names += centred(124, "Total", "Markets", "Markets", "Markets")
    [line] = [line for line in lines_of(pdf([[above, *names, *ending(138, *AREAS)]])) if line.startswith("Taiwan")]
    assert line.startswith("Taiwan; Measurements of Fair Value at the Reporting Date by Kinds of Inputs Total: 887; ")
    assert line.endswith(
        "Quoted Prices in Markets: 247; Observable Inputs in Markets: 880; Unobserved Inputs in Markets: 280"
    )


def test_years_above_amounts_and_their_percents_name_both(pdf: Pdf) -> None:
    years = [middle_of("2022", 200, 342, 100), middle_of("2021", 360, 502, 100)]
    rows = (("Sales", "642", "100.0 %", "507", "100.0 %"), ("Costs", "(80)", "(81.8 %)", "(62)", "(81.6 %)"))
    assert lines_of(pdf([[*years, *ending(114, *rows)]]))[-1] == (
        "Costs; 2022: (80); 2022 %: (81.8 %); 2021: (62); 2021 %: (81.6 %)"
    )
    rows = (rows[0], ("Rent", "12", "1.5", "11", "1.4"), rows[1])
    assert "Rent; 2022: 12; 2022 %: 1.5; 2021: 11; 2021 %: 1.4" in lines_of(pdf([[*years, *ending(114, *rows)]]))


def test_ranges_are_no_amounts_with_their_percents(pdf: Pdf) -> None:
    years = [middle_of("2022", 200, 342, 100), middle_of("2021", 360, 502, 100)]
    rows = (("Rate", "-", "1.5 %", "-", "2.7 %"), ("Yield", "-", "0.8 %", "-", "0.6 %"))
    assert "2022:" not in read_document(pdf([[*years, *ending(114, *rows)]])).text


def test_dates_in_three_lines_and_signs_of_amounts_name_columns(pdf: Pdf) -> None:
    names = [centred(100, "October", "October"), centred(112, "29,", "30,", "$", "%")]
    names += [centred(124, "2023", "2022", "Change", "Change")]
    drawn = [*names[0], *names[1], *names[2], *ending(138, *AREAS)]
    assert lines_of(pdf([drawn]))[-1] == (
        "Taiwan; October 29, 2023: 887; October 30, 2022: 247; $ Change: 880; % Change: 280"
    )


def test_a_name_that_reaches_above_both_neighbours_of_a_column_is_of_all_three(pdf: Pdf) -> None:
    places = ((200, 252), (262, 314), (324, 376), (400, 452))
    above = [middle_of("Three Months Ended", 200, 376, 88), middle_of("Year", 400, 452, 88)]
    names = centred(100, "2022", "2021", "Change", "2022", places=places)
    drawn = [*above, *names, *ending(114, *AREAS, places=places)]
    three = "Three Months Ended"
    assert lines_of(pdf([drawn]))[-1] == (
        f"Taiwan; {three} 2022: 887; {three} 2021: 247; {three} Change: 880; Year 2022: 280"
    )


def test_a_table_goes_on_below_a_title_of_its_rows(pdf: Pdf) -> None:
    names = centred(100, "2020", "2019")
    above = ending(114, *(row[:3] for row in AREAS))
    below = [(72, 190, "Equity"), *ending(214, ("Issued shares", "15", "14"), ("Paid in", "40", "31"))]
    assert lines_of(pdf([[*names, *above, *below]]))[-1] == "Paid in; 2020: 40; 2019: 31"
    other = [(72, 190, "Equity of those who were asked, in a table of its own with names that nobody gave it, ever:")]
    assert "2020: 40" not in read_document(pdf([[*names, *above, *other, *below[1:]]])).text


@pytest.mark.parametrize(
    "between", ["", "The payments that are due in each year under our leases, in millions, were as they follow"]
)
def test_a_table_ends_where_the_names_of_another_follow(pdf: Pdf, between: str) -> None:
    first = [*centred(100, "2020", "2019"), *ending(114, *(row[:3] for row in AREAS))]
    names = [(72, 146, between), (200, 164, "Offices"), (280, 164, "Cranes")][not between :]
    second = [*names, *ending(178, ("Rent", "15", "14"), ("Tax", "40", "31"))]
    lines = lines_of(pdf([[*first, *second]]))
    assert lines[-1] == "Tax; Offices: 40; Cranes: 31"
    assert "Taiwan; 2020: 887; 2019: 247" in lines


def test_years_without_a_label_are_the_names_of_another_table(pdf: Pdf) -> None:
    first = [*centred(100, "2020", "2019", "2018"), *ending(114, *(row[:4] for row in AREAS))]
    second = [
        *centred(150, "2017", "2016"),
        (72, 164, "Assets:"),
        *ending(178, ("Rent", "15", "14"), ("Tax", "40", "31")),
    ]
    assert lines_of(pdf([[*first, *second]]))[-1] == "Tax; 2017: 40; 2016: 31"


def test_a_line_of_names_may_stand_wide_above_most_of_those_below_it(pdf: Pdf) -> None:
    names = [*centred(100, "Net", "Gross", "Net"), *centred(119, "sales", "costs", "debts", "taxes")]
    assert lines_of(pdf([[*names, *ending(142, *AREAS)]]))[-1] == (
        "Taiwan; Net sales: 887; Gross costs: 247; Net debts: 880; taxes: 280"
    )


def test_years_name_a_single_column_and_the_end_of_a_sentence_none(pdf: Pdf) -> None:
    names, rows = ("", "2022-2021"), (("Wages", "500.00"), ("Rent", "40.25"), ("Total", "540.25"))
    other = rows_at(60, ("Item", "Price", "Stock"), ("Nut", "10", "20"), ("Bolt", "11", "21"))
    lines = lines_of(pdf([other + rows_at(160, names, *rows, lefts=(72, 300))]))
    assert lines[-1] == "Total; 2022-2021: 540.25"
    sentence = [(72, 88, "of revenue.")]
    drawn = [*sentence, *centred(100, "2020", "2019"), *ending(114, *(row[:3] for row in AREAS))]
    assert lines_of(pdf([drawn]))[-1] == "Taiwan; 2020: 887; 2019: 247"
