"""The grounding check: what claims something, which words may support it, and what no network outweighs."""

from __future__ import annotations

import pytest

from rag import check
from rag.grounding.check import Checker, document_of
from rag.grounding.claims import claims_of, plain_words, sentences_of
from rag.grounding.entailment import ShippedEntailment, check_entailment
from rag.grounding.evidence import NEAR, Texts
from rag.grounding.exchanges import is_turned, puts_another
from rag.grounding.facts import (
    differs_in_negation,
    is_in_another_column,
    missing_facts,
    names_another,
    says_little,
    share_in_order,
)
from rag.records import Checked

LEASE = (
    "Rental agreement. The landlady is Mrs Irma Ochs, Tallow Street 4. The rent is 820 euros a month and is due on the "
    "third working day. The deposit is two months' rent; half of it is due on 25 August 2024. Pets need written "
    "consent. Smoking is not allowed in the stairwell. The tenant may terminate with three months' notice."
)


def verdicts(text: str, *sources: str) -> list[str]:
    return [sentence.verdict for sentence in check(text, sources).sentences]


@pytest.mark.parametrize(
    ("claim", "sentences", "share"),
    [
        ("The red boat sank at noon", ["The red boat sank at noon."], 1),
        ("The boat sank at noon", ["At noon, in a storm, the old boat sank."], 3 / 5),
        ("boat sank", ["sank boat", "a boat"], 1 / 2),
        ("boats sink", ["The boat, which sinks"], 1),
        ("boat " * 70, ["boat " * 40], 4 / 7),
        ("boat", [], 0),
        ("", ["boat"], 0),
    ],
)
def test_the_share_in_order_is_that_of_the_longest_common_subsequence(
    claim: str, sentences: list[str], share: float
) -> None:
    assert share_in_order(claim, sentences) == pytest.approx(share)


class TestClaims:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("The rent is **820 euros** [1].", ["The rent is 820 euros."]),
            ("- The rent is due [2, 3].\n- Pets need consent. (source 4)", ["The rent is due.", "Pets need consent."]),
            ("# The lease\n\nThe rent is due.", ["The rent is due."]),
            (
                "Here are the points:\n1. The rent is due.\n2. Pets need consent.",
                ["The rent is due.", "Pets need consent."],
            ),
            ("Known is:\nthe rent is due\nRent: 820", ["The rent is due", "Rent: 820"]),
            ("Do you want to know more?", []),
            ("Sure!", []),
            ("See [the lease](http://x.example/?a=b) for <b>more</b>.", ["See the lease for more."]),
            ("", []),
            ("Die Miete beträgt 820 Euro【1†source】.", ["Die Miete beträgt 820 Euro."]),
        ],
    )
    def test_sentences_come_in_plain_words_and_without_what_claims_nothing(
        self, text: str, expected: list[str]
    ) -> None:
        found = list(sentences_of(text))
        assert [said.whole for said in found] == expected
        assert all(text[said.start : said.end].strip() == text[said.start : said.end] for said in found)

    @pytest.mark.parametrize(
        ("sentence", "number"),
        [
            ("The rent is 820 euros and the deposit is two months' rent.", 2),
            ("The rent is 820 euros; pets need consent.", 2),
            ("Bread and butter are in the kitchen.", 1),
            ("She sings and dances.", 1),
            ("The rent is due on the third day and is paid by standing order.", 1),
            ("The shop opens at nine, but the café is closed on Mondays.", 2),
            ("News: restores moved folders; Note: contributed by Ida Ochs", 1),
        ],
    )
    def test_a_sentence_is_as_many_claims_as_have_a_subject_and_a_verb(self, sentence: str, number: int) -> None:
        assert len(claims_of(sentence)) == number

    def test_hostile_text_takes_linear_time(self) -> None:
        for unit in (
            "[1",
            "**a",
            "<b ",
            "](",
            "- ",
            " and it ",
            "「",
            "(see ",
            "# \n",
            "\n",
            "a:\n",
            "[](",
            "![",
            "a \n \n",
        ):
            list(sentences_of(unit * 20_000))
        assert plain_words("*" * 50_000) == ""


class TestFacts:
    @pytest.mark.parametrize(
        "claim",
        [
            "Half of it is due on Aug. 25, 2024.",
            "The rent is €820.",
            "The rent is 820 a month.",
            "The notice is 3 months.",
            "Mrs Ochs lives at Tallow Street 4.",
            "In August 2024 half of it is due.",
            "Irma Ochs's flat is let.",
        ],
    )
    def test_what_a_source_holds_in_another_form_is_not_missing(self, claim: str) -> None:
        assert missing_facts(claim, LEASE) == []

    @pytest.mark.parametrize(
        ("claim", "missing"),
        [
            ("Half of it is due on 26 August 2024.", "26 August 2024"),
            ("The rent is 830 euros.", "830 euros"),
            ("The rent is 820 dollars.", "820 dollars"),
            ("The notice is 40 days.", "40"),
            ("The landlady is Mrs Irma Olsen.", "Olsen"),
            ("It is due on a Monday.", "Monday"),
            ("The flat is in NATO country.", "NATO"),
        ],
    )
    def test_another_number_date_unit_or_name_is_missing(self, claim: str, missing: str) -> None:
        assert any(missing in found for found in missing_facts(claim, LEASE))

    def test_a_not_that_one_of_two_has_makes_them_differ(self) -> None:
        assert differs_in_negation("Smoking is allowed in the stairwell.", "Smoking is not allowed in the stairwell.")
        assert not differs_in_negation("Pets are allowed.", "Smoking is not allowed in the stairwell.")
        assert not differs_in_negation("They were the champions.", "They were the champions, but Leach did not play.")
        assert not differs_in_negation("Walk it at least three times.", "Walk it no less than three times.")

    @pytest.mark.parametrize(
        ("claim", "sentence", "turned"),
        [
            ("The landlady pays the tenant.", "The tenant pays the landlady.", True),
            ("Dorchester was slow: a court in Law ruled.", "Law was slow: a court in Dorchester ruled.", True),
            ("The tenant and the landlady pay.", "The landlady and the tenant pay.", False),
            ("On 3 May the shop opened.", "The shop opened on 3 May.", False),
            ("The tenant pays.", "The tenant pays the landlady.", False),
            ("The tenant pays the landlady.", "The tenant pays the landlady.", False),
        ],
    )
    def test_two_parts_in_each_others_place_are_seen(self, claim: str, sentence: str, turned: bool) -> None:
        assert is_turned(claim, sentence) == turned

    @pytest.mark.parametrize(
        ("claim", "source", "another"),
        [
            ("The mill was moved to Lyon in 1890.", "The old mill was moved to Nice in 1890.", True),
            ("The mill was moved to Lyon in 1890.", "The old mill was moved to Nice in 1890. It was in Lyon.", True),
            ("The mill was moved to Lyon in 1890.", "A mill was moved to Nice in 1890. It was moved to Lyon.", True),
            (
                "The mill was moved to Lyon in 1890.",
                "A mill was moved to Nice in 1890. The mill was moved to Lyon in 1890.",
                False,
            ),
            ("The mill was sold to Anna Lenox in 1890.", "The mill was sold to Anna Lennox in 1890.", False),
            ("The mill was made in the US in 1890.", "The mill was made in the United States in 1890.", False),
            ("The Indian mill was sold in 1890.", "The mill in India was sold in 1890.", False),
            ("The old mill was moved in 1890.", "Mr Hay moved to Nice in 1890.", False),
            ("The recordings are deleted within 72 hours.", "The recordings are deleted after 72 hours.", True),
            ("Screens of phones are included.", "Screens of phones are excluded.", True),
            ("Screens of phones are included.", "Screens of phones are covered.", False),
        ],
    )
    def test_another_name_or_the_opposite_in_the_same_place_is_seen(
        self, claim: str, source: str, another: bool
    ) -> None:
        assert puts_another(claim, [f"{sentence.rstrip('.')}." for sentence in source.split(". ")]) == another

    def test_what_puts_another_name_in_the_place_is_not_supported(self) -> None:
        pier = "Extending 1.34 miles (2.16 km) into the Thames Estuary, it is the longest pleasure pier in the world."
        claim = "Extending 1.34 miles into the Southend, it is the longest pleasure pier in the world."
        assert verdicts(claim, f"{pier} It is in Southend.") != ["supported"]
        assert verdicts(claim.replace("Southend", "Thames Estuary"), f"{pier} It is in Southend.") == ["supported"]

    @pytest.mark.parametrize(
        ("claim", "source", "another"),
        [
            ("Ida keeps the key.", "Jon keeps the key. Ida is away.", True),
            ("Ida keeps the key.", "Jon keeps the key. Ida keeps the key.", False),
            ("Ida keeps the key.", "She keeps the key. Ida is her name.", False),
            ("The key costs 4 euros.", "The key costs 5 euros. The lock costs 4 euros.", True),
            ("Ida keeps the key.", "Jon sold a door. Ida is away.", False),
        ],
    )
    def test_a_name_that_stands_near_is_not_that_of_the_sentence(self, claim: str, source: str, another: bool) -> None:
        assert names_another(claim, [f"{sentence}." for sentence in source.rstrip(".").split(". ")]) == another

    @pytest.mark.parametrize(
        ("claim", "another"),
        [
            ("Port: USB; Colour: black; Weight: 3 kg", False),
            ("Port: USB; Colour: black; Depth: 3 kg", True),
            ("Port: USB; For: black; Weight of the box: 3 kg", True),
            ("Port: USB; Colour: black; Box, weight: 3 kg", False),
            ("Port: USB; Colour: black; Weight: 3 kg; Box: 3 kg", False),
            ("Port: USB; Colour: black; Weight of the chair: 3 kg", True),
            ("Colour: black; Port: USB", False),
            ("Port: USB; Colour: red; Depth: 3 kg", False),
            ("Port USB, colour black", False),
        ],
    )
    def test_a_value_of_a_row_stands_below_the_name_that_it_is_told_with(self, claim: str, another: bool) -> None:
        row = "Port: USB; Colour: black; Weight of the box: 3 kg"
        assert is_in_another_column(claim, row) is another

    def test_digits_in_groups_are_one_number_and_digits_apart_may_be_several(self) -> None:
        assert missing_facts("Ring 0800 202 88.", "Service: 0800 202 88") == []
        assert missing_facts("It has 5 doors.", "It has 5,000 doors.") == ["5"]
        assert missing_facts("It has 5000 doors.", "It has 5,000 doors.") == []

    @pytest.mark.parametrize(
        ("claim", "little"),
        [
            ("1.3", True),
            ("The answer is: 2023.", True),
            ("1.1.1.1.1.1", True),
            ("The answer is: Ida Holm.", True),
            ("Answer: 820 euros", True),
            ("The boat is a boat.", True),
            ("The paper that says who pays is not the paper that says who pays.", True),
            ("House rules, Lindenhof 8", True),
            ("The song is about the event and the song is about the event.", True),
            ("They can't be paid by those who help, but they can't be paid by those who help.", True),
            ("The boat is kept in the shed, and the oars are kept in the shed behind it.", False),
            ("Ida pays the rent of the flat and Jon pays the deposit of the flat.", False),
            ("It is 820 euros.", False),
            ("Ida", False),
            ("The answer is that the boat is kept in the shed.", False),
            ("The boat is a ferry.", False),
            ("The race is a race of 12 kilometres.", False),
            ("The house rules of Lindenhof 8 say that bins are red.", False),
        ],
    )
    def test_what_says_nothing_by_itself_is_no_claim(self, claim: str, little: bool) -> None:
        assert says_little(claim, "House rules, Lindenhof 8 › Bins", "The boat is kept in the shed.") == little

    def test_a_title_that_the_words_below_it_say_too_is_a_claim(self) -> None:
        assert not says_little("Ida visits Lindenhof", "Ida visits Lindenhof", "Today Ida visits Lindenhof, by boat.")

    def test_what_is_said_word_for_word_is_supported(self) -> None:
        assert verdicts("half of it is due on 25 August 2024", LEASE.replace("; half", ". Half")) == ["supported"]
        assert verdicts("The tenant pays the landlady.", "The landlady pays the tenant.") == ["contradicted"]


class TestCheck:
    def test_sentences_are_held_against_the_words_that_say_them(self) -> None:
        text = "Half of the deposit is due on 25 August 2024 [7]. The rent is 820 euros a month."
        checked = check(text, [LEASE])
        assert [sentence.verdict for sentence in checked.sentences] == ["supported", "supported"]
        assert (checked.supported, checked.total) == (2, 2)
        for sentence in checked.sentences:
            assert text[sentence.start : sentence.end] == sentence.text
            [citation] = [c for c in checked.citations if c.number in sentence.citations][:1]
            assert LEASE[citation.start : citation.end] == citation.quote
            assert citation.doc_id == "1"

    @pytest.mark.parametrize(
        ("text", "verdict"),
        [
            ("The Elm room has 30 seats.", "supported"),
            ("Ida Holm booked the Elm room and Jon Berg booked the Oak room.", "supported"),
            ("The price of the Elm room is £12.", "contradicted"),
            ("The Oak room has 30 seats.", "contradicted"),
            ("Jon Berg booked the Elm room.", "contradicted"),
            ("Room: Elm; Oak seats: 30; Price: 15; Booked by: Ida Holm", "contradicted"),
        ],
    )
    def test_a_row_of_a_table_says_nothing_of_the_next(self, text: str, verdict: str) -> None:
        rows = (
            "Room: Elm; Seats: 30; Price: 15; Booked by: Ida Holm\nRoom: Oak; Seats: 8; Price: 12; Booked by: Jon Berg"
        )
        assert verdicts(text, f"# Rooms\n\n{rows}\n") == [verdict]

    @pytest.mark.parametrize(
        ("text", "verdict"),
        [
            ("Only the director hears the reports of Henk Zuidema.", "partly"),
            ("The data protection officer is Henk Zuidema.", "supported"),
            ("Tenants can be there when the landlord looks at the meters.", "supported"),
        ],
    )
    def test_words_in_another_order_support_a_claim_only_surely(self, text: str, verdict: str) -> None:
        sources = (
            "The director is away on Fridays. The data protection officer, Henk Zuidema, reports to the director only.",
            "The heating may be switched on from October. The landlord reads the meters in the cellar in January, and "
            "the tenants may come along.",
        )
        [sentence] = check(text, sources).sentences
        assert sentence.verdict == verdict
        assert ("in other words" in sentence.why) == (verdict == "partly")

    def test_a_name_for_an_answer_is_supported_in_part(self) -> None:
        [sentence] = check("The answer is Irma Ochs.", [LEASE]).sentences
        assert (sentence.verdict, sentence.why) == ("partly", "by itself it says nothing that could be checked")

    @pytest.mark.parametrize(
        "text",
        [
            "Half of the deposit is due on 26 August 2024.",
            "The rent is 920 euros a month.",
            "Smoking is allowed in the stairwell.",
            "The landlady is Mrs Irma Olsen.",
            "The tower of Pisa leans by four degrees.",
        ],
    )
    def test_what_no_source_says_is_not_supported_and_it_is_said_why(self, text: str) -> None:
        [sentence] = check(text, [LEASE]).sentences
        assert sentence.verdict in ("contradicted", "unsupported")
        assert sentence.why

    def test_the_sentence_that_says_it_is_named_not_one_beside_it(self) -> None:
        said = "The tenants pay a deposit of £2,360, which is twice the rent."
        checked = check("The deposit is £2,360.", [f"The tenants are two. {said} It is kept by the owner."])
        assert [citation.quote for citation in checked.citations] == [said]

    def test_one_of_several_sources_is_enough_and_is_the_one_that_is_named(self) -> None:
        checked = check(
            "The Danube touches ten countries.", [LEASE, "The Danube touches ten countries.", "Bees dance."]
        )
        assert [c.doc_id for c in checked.citations if c.number in checked.sentences[0].citations] == ["2"]

    def test_a_sentence_of_two_claims_of_which_one_is_wrong_is_not_supported(self) -> None:
        [found] = verdicts("The rent is 820 euros a month, and the deposit is due on 1 May 2031.", LEASE)
        assert found in ("partly", "contradicted", "unsupported")

    def test_what_one_place_says_of_another_is_not_supported_by_a_place_that_lacks_its_words(self) -> None:
        said = (
            "- Books are ordered by Mr Kasprzak for 2.50 each.\n- Parcels come every other Thursday, brought by people "
        )
        source = (
            f"# Rules\n\n## Rooms\n\nThe garden is quiet.\n\n## Services\n{said}who help; register with Ms Oduya.\n"
        )
        claim = "Parcels come every other Thursday, brought by people who help; register with Mr Kasprzak."
        assert verdicts(claim, source) == ["contradicted"]

    @pytest.mark.slow
    def test_of_a_sentence_that_is_too_long_to_be_read_whole_no_more_than_a_part_is_supported(self) -> None:
        long = "The rent is 820 euros a month" + ", which is paid by the tenant to the landlady" * 20 + ", on the Moon."
        assert verdicts(long, LEASE, long.replace(", on the Moon", "")) != ["supported"]

    def test_halves_of_characters_and_hidden_ones_move_no_offset(self) -> None:
        text = "A\u200b\ud800. The rent\u200b is 820 euros a month."
        source = f"\udc00 {LEASE}"
        found = check(text, [source])
        assert [text[one.start : one.end] for one in found.sentences] == [one.text for one in found.sentences]
        assert found.sentences[-1].verdict == "supported"
        assert LEASE[found.citations[-1].start - 2 :].startswith(found.citations[-1].quote)

    @pytest.mark.parametrize("sources", [[], [""], ["   \n"]])
    def test_without_a_source_nothing_is_supported(self, sources: list[str]) -> None:
        assert verdicts("The rent is 820 euros.", *sources) == ["unsupported"]

    def test_an_empty_text_has_no_sentences(self) -> None:
        assert check("", [LEASE]) == Checked((), ())

    def test_at_most_so_many_places_are_looked_at_and_those_with_the_words_first(self) -> None:
        places = Texts([document_of("1", " ".join(f"Room {i} is blue." for i in range(50)))]).near("Room 33 is blue.")
        assert len(places) == NEAR
        assert places[0].sentence == "Room 33 is blue."

    def test_without_its_network_words_decide_and_it_is_said(self, tmp_path) -> None:  # type: ignore[no-untyped-def]
        checker = Checker(ShippedEntailment(tmp_path))
        checked = checker.check("The rent is 820 euros a month. Cats bark.", Texts([document_of("1", LEASE)]))
        assert [sentence.verdict for sentence in checked.sentences] == ["supported", "unsupported"]
        assert "reinstall Pincite" in checker.warning

    def test_the_shipped_network_is_sound(self) -> None:
        assert check_entailment() == ""
