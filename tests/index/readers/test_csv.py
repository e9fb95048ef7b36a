"""CSV and TSV: a line for each row, with the names of its columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import DocumentRejectedError
from index.readers import read_document
from index.readers.content import Source
from index.readers.data.csv import read


def text_of(data: str | bytes, name: str = "a.csv") -> str:
    return read(Source(data.encode() if isinstance(data, str) else data, name)).text


def test_a_row_is_a_line_that_can_be_understood_alone() -> None:
    assert text_of("Name,Age\nAnn,30\nBob,\n") == "Name: Ann; Age: 30\nName: Bob"


@pytest.mark.parametrize(("delimiter", "name"), [(",", "a.csv"), (";", "a.csv"), ("\t", "a.tsv"), ("|", "a.csv")])
def test_what_divides_the_cells_is_found(delimiter: str, name: str) -> None:
    rows = [["Name", "Price"], ["Tea", "1.5"], ["Salt", "0.5"]]
    assert text_of("\n".join(delimiter.join(row) for row in rows), name).startswith("Name: Tea; Price: 1.5\n")


def test_a_decimal_comma_divides_nothing() -> None:
    assert text_of("1,5;2,5\n3,5;4,5\n") == "1,5 | 2,5\n3,5 | 4,5"


def test_commas_in_a_column_of_sentences_divide_nothing() -> None:
    sentences = "Lorem, ipsum\ndolor sit\namet\nUt enim, ad minim, veniam"
    assert text_of(sentences) == sentences


def test_a_quoted_cell_may_hold_lines_and_delimiters() -> None:
    assert text_of('a,b\n1,"x, ""y""\nz"\n') == 'a: 1; b: x, "y" z'


def test_a_quotation_mark_that_nobody_closes_swallows_no_rows() -> None:
    rows = "".join(f"n{number},{number}\n" for number in range(50))
    lines = text_of(f'name,size\nscreen,"5 inch\n{rows}').split("\n")
    assert lines[0] == 'name: screen; size: "5 inch'
    assert lines[-1] == "name: n49; size: 49"


def test_without_names_of_columns_no_row_is_taken_for_them() -> None:
    assert text_of("Ann,30\nBob,25\n") == "Ann | 30\nBob | 25"
    assert text_of("yes,no\nno,yes\nyes,yes\n").startswith("yes | no\n")


def test_years_are_names_of_columns_beside_a_word() -> None:
    assert text_of("Country,2019,2020\nFrance,1,2\n") == "Country: France; 2019: 1; 2020: 2"


def test_what_stands_alone_above_the_names_is_the_title() -> None:
    content = read(Source(b"Stanley Cups,,\nTeam,Place,Cups\nBlues,STL,1\n", "a.csv"))
    assert content.title == "Stanley Cups"
    assert content.text == "Stanley Cups\n\nTeam: Blues; Place: STL; Cups: 1"


def test_a_second_row_of_names_divides_the_columns_above_it() -> None:
    text = text_of("Who,Results,\n,Right,Seconds\nBlind,34%,12\nDeaf,98%,17\n")
    assert text.split("\n")[0] == "Who: Blind; Results Right: 34%; Results Seconds: 12"


@pytest.mark.parametrize(
    ("head", "row"),
    [
        (
            "Region,Revenue,,Costs,\n,2021,2022,2021,2022",
            "Revenue 2021: 1; Revenue 2022: 2; Costs 2021: 3; Costs 2022: 4",
        ),
        (",Q1,,Q2,\nRegion,Jan,Feb,Apr,May", "Q1 Jan: 1; Q1 Feb: 2; Q2 Apr: 3; Q2 May: 4"),
    ],
)
def test_names_above_several_columns_are_in_each_of_them(head: str, row: str) -> None:
    assert text_of(f"{head}\nEurope,1,2,3,4\nAsia,5,6,7,8\n").split("\n")[0] == f"Region: Europe; {row}"


def test_a_column_without_a_name_makes_no_record_a_row_of_names() -> None:
    assert text_of("Name,,City\nAnn,x,Rome\nBob,y,Oslo\n") == "Name: Ann; x; City: Rome\nName: Bob; y; City: Oslo"
    assert text_of("a,b,a\nx,y,z\n1,2,3\n").startswith("a: x; b: y; a: z\n")


def test_rows_may_be_ragged() -> None:
    assert text_of("a,b\nx1,y1,z1\nx2\nx3,y3\n") == "a: x1; b: y1; z1\nx2\na: x3; b: y3"


def test_what_excel_says_of_the_delimiter_counts() -> None:
    assert text_of("sep=;\na;b\nx,y;2\n") == "a: x,y; b: 2"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp1252", "utf-8-sig"])
def test_a_table_reads_the_same_in_every_encoding(encoding: str) -> None:
    assert text_of("Straße,Ort\nGrüner Weg,Köln\n".encode(encoding)) == "Straße: Grüner Weg; Ort: Köln"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "windows-1252"])
def test_a_workbook_of_old_that_is_such_a_text_is_read_as_one(tmp_path: Path, delimiter: str, encoding: str) -> None:
    path = tmp_path / "export.xls"
    rows = (["Bericht"], ["Stadt", "Umsatz"], ["Köln", "4711"], ["Graz", "12"])
    path.write_text("\n".join(map(delimiter.join, rows)), encoding=encoding)
    document = read_document(path)
    assert document.text == "Bericht\n\nStadt: Köln; Umsatz: 4711\nStadt: Graz; Umsatz: 12"
    assert document.media_type == "text/csv"


@pytest.mark.parametrize(
    "data",
    [
        b"<?xml version='1.0'?>\n<Workbook a='1,2'>\n<Row b='3,4'/></Workbook>",
        b"ID;PWXL;N;E\nP;PGeneral\nC;Y1;X1",
        b"TABLE\n0,1\nEXCEL\n",
        b"One line, no more",
        b"a,b\n\x00\x01\x02,\x03\n",
    ],
)
def test_a_workbook_of_old_that_is_another_text_is_rejected(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "export.xls"
    path.write_bytes(data)
    with pytest.raises(DocumentRejectedError, match=r"is no \.xls file"):
        read_document(path)


def test_a_huge_cell_is_read() -> None:
    assert len(text_of(f"a,b\n{'word ' * 60_000},2\n")) > 290_000


def test_the_shared_tables_read_as_rows(shared: Path) -> None:
    folder = shared / "documents" / "Unstructured-IO+unstructured" / "example-docs"
    for name in ("stanley-cups-utf-16.csv", "stanley-cups.tsv"):
        assert text_of((folder / name).read_bytes(), name).endswith(
            "Team: Maple Leafs; Location: TOR; Stanley Cups: 13"
        )
