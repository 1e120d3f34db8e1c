"""Who the parties are: what they call themselves, in the ways in which people do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.language.names import PartyName, party_names
from engine.transcript import Direction, Party, Segment, Word

ASIDE = Path(__file__).parents[2] / "data" / "calls-briefed-aside"


def turns(*said: tuple[str, str]) -> list[Segment]:
    return [
        Segment(start=float(place), end=place + 1.0, channel=0, party=Party(party), text=text, confidence=1.0)
        for place, (party, text) in enumerate(said)
    ]


@pytest.mark.parametrize(
    ("text", "company", "person"),
    [
        ("Juniper Car Rental, Dana speaking.", "Juniper Car Rental", "Dana"),
        ("Good morning, Wray and Fallow, you're through to Shreya.", "Wray and Fallow", ""),
        ("Thank you for calling Ashgrove Down, this is Odile.", "Ashgrove Down", "Odile"),
        ("Ketterman Steel, this is Cheryl in quality.", "Ketterman Steel", "Cheryl"),
        ("Hello?", "", ""),
        ("Yes, what do you want?", "", ""),
        ("Speaking.", "", ""),
    ],
)
def test_the_office_says_its_name_as_it_answers(text: str, company: str, person: str) -> None:
    names = party_names(turns(("called", text), ("caller", "Hello.")), Direction.INBOUND)
    assert names[Party.CALLED] == PartyName(person, company)


@pytest.mark.parametrize(
    ("text", "person", "company"),
    [
        ("Hi, this is Lowell Vandermeer, there's a charge that I don't know.", "Lowell Vandermeer", ""),
        ("My name is Merle Duthie. I've never rung you before.", "Merle Duthie", ""),
        ("It's Moira Laidlaw, at the school.", "Moira Laidlaw", ""),
        ("Hi, it's Drew from Sagebrush Auto Rental.", "Drew", "Sagebrush Auto Rental"),
        ("Hey. Loretta Bascom, over at Cedarline. How are you?", "Loretta Bascom", "Cedarline"),
        ("It's Monday, isn't it?", "", ""),
        ("I'm still waiting. Still here.", "", ""),
        ("I'm calling about the boiler.", "", ""),
        ("This is Ridiculous.", "Ridiculous", ""),  # a transcript that writes it like that is believed
    ],
)
def test_a_caller_says_who_it_is(text: str, person: str, company: str) -> None:
    names = party_names(turns(("called", "Hello?"), ("caller", text)), None)
    assert names[Party.CALLER] == PartyName(person, company)


def test_an_answer_to_the_question_for_the_name_is_one() -> None:
    said = turns(("called", "And your name, please?"), ("caller", "Ormerod."), ("called", "Thank you."))
    assert party_names(said, None)[Party.CALLER].person == "Ormerod"


def test_a_name_in_an_address_is_the_others() -> None:
    said = turns(("called", "Morning, Mr. Thwaite. What can I do?"), ("caller", "Is Mrs. Gale about?"))
    names = party_names(said, None)
    assert names[Party.CALLER].person == "Mr. Thwaite"
    assert names[Party.CALLED].person == ""


@pytest.mark.parametrize(
    ("text", "person", "company"),
    [
        ("Good afternoon. Gwen Farraday, head of music at Stallbridge Hall.", "Gwen Farraday", "Stallbridge Hall"),
        ("Marcie, Dirk Rasband, Rasband Valuation. Overdue invoice.", "Dirk Rasband", "Rasband Valuation"),
        ("Kamath, Vasudha Exports. Quotation I want.", "Kamath", "Vasudha Exports"),
        ("Thursday, please. It can't be later.", "", ""),
        ("Marcie, it's about the invoice.", "", ""),
    ],
)
def test_a_name_and_a_company_need_no_verb(text: str, person: str, company: str) -> None:
    names = party_names(turns(("called", "Keel Street Mortgage."), ("caller", text)), Direction.INBOUND)
    assert names[Party.CALLER] == PartyName(person, company)


@pytest.mark.parametrize(
    ("asked", "answer", "person"),
    [
        ("Hi, is this Orville Krantz? It's Yvette.", "Yvette! You the one who's Butch's girl?", "Orville Krantz"),
        ("Is this Mr. Horace Delacroix?", "No, wrong number.", ""),
        ("Hi Gideon, it's Lindiwe from Circuit Barn.", "Lindiwe, hello.", "Gideon"),
        ("Good morning, Mrs Ferraz, it's Nicole.", "My husband told me of it.", "Mrs Ferraz"),
        ("Beautiful. So I'm ringing about the saddle.", "Yes.", ""),
    ],
)
def test_whom_an_office_wanted_to_reach_is_who_answers(asked: str, answer: str, person: str) -> None:
    said = turns(("called", "Hello?"), ("caller", asked), ("called", answer))
    assert party_names(said, Direction.OUTBOUND)[Party.CALLED].person == person


@pytest.mark.parametrize(
    "said",
    [
        [("called", "Sparrowgate Cleaning."), ("caller", "Morning. Mr Quillinan, please."), ("called", "Not here.")],
        [("called", "Keystone, this is Tavion."), ("caller", "Good morning, sir.")],
        [("called", "Acme."), ("caller", "Who does Mr Quillinan's orders?"), ("called", "Him, Mr Quillinan.")],
    ],
)
def test_whom_one_asks_for_and_the_firm_that_answers_are_not_the_caller(said: list[tuple[str, str]]) -> None:
    assert party_names(turns(*said), Direction.INBOUND)[Party.CALLER] == PartyName()


def test_a_customer_may_be_named_as_late_as_at_the_end() -> None:
    small_talk = [("caller", "And the delivery?"), ("called", "On Friday.")] * 10
    named = turns(("called", "Spoke Yard."), *small_talk, ("called", "It's booked, Miss Farraday."))
    assert party_names(named, Direction.INBOUND)[Party.CALLER].person == "Miss Farraday"
    asked = turns(("called", "Spoke Yard."), *small_talk, ("called", "And your name?"), ("caller", "Ingrid Solheim."))
    assert party_names(asked, Direction.INBOUND)[Party.CALLER].person == "Ingrid Solheim"


def test_who_rings_for_another_is_not_the_one_that_is_named() -> None:
    said = turns(
        ("called", "Hearing aids."), ("caller", "It's about my mum's."), ("called", "Mrs Ottaway, I know her.")
    )
    assert party_names(said, None)[Party.CALLER].person == ""


def test_both_are_not_called_the_same() -> None:
    greeted = turns(("called", "IT desk."), ("caller", "It's Jackie Mossop, in Grants."), ("called", "Jackie, hello."))
    assert party_names(greeted, Direction.INBOUND)[Party.CALLED].company != "Jackie"
    repeated = turns(("called", "Spoke Yard, Jamie here."), ("caller", "Hello, Jamie here. Is Goran."))
    names = party_names(repeated, Direction.INBOUND)
    assert (names[Party.CALLED].person, names[Party.CALLER].person) == ("Jamie", "")


@pytest.mark.parametrize(
    "text", ["Can I speak to Mr Smith, please?", "I was at the dentist, Dr Patel.", "Is Mr Smith in?"]
)
def test_who_is_asked_or_told_about_is_not_the_other(text: str) -> None:
    said = turns(("called", "Acme, hello."), ("caller", text), ("called", "He is not in today."))
    assert party_names(said, None)[Party.CALLED].person == ""


def test_whom_an_office_rings_up_is_no_company() -> None:
    said = turns(("called", "Lassie, down! Hello?"), ("caller", "Hi, it's Gwen."))
    assert party_names(said, Direction.OUTBOUND)[Party.CALLED] == PartyName()


@pytest.mark.parametrize(
    ("text", "person", "company"),
    [
        ("Nettlebed, Hester.", "Hester", "Nettlebed"),
        ("Harrow Museum, Textiles.", "Mrs Grobbelaar", "Harrow Museum"),
        ("Hello, hang on. Ja, Grobbelaar.", "Mrs Grobbelaar", ""),
        ("If it's an invoice it's Tuesdays.", "Mrs Grobbelaar", ""),
    ],
)
def test_who_is_rung_up_says_the_firm_first(text: str, person: str, company: str) -> None:
    said = turns(("called", text), ("caller", "Morning, Mrs Grobbelaar, it's Joby from Pockridge's."))
    assert party_names(said, Direction.OUTBOUND)[Party.CALLED] == PartyName(person, company)


@pytest.mark.parametrize(
    ("text", "person", "company"),
    [
        ("The name's Boyd, Everett, for Boyd's Piano Repair.", "Everett Boyd", ""),
        ("It's Jessamy, Ninebark.", "Jessamy", "Ninebark"),
        ("G'day, Trent Mulcahy from Wattle Bend. Mate, the pipe goes.", "Trent Mulcahy", "Wattle Bend"),
        ("Wording for the bench. It's, Desmond Pryke, a dreadful golfer, sorely missed.", "", ""),
    ],
)
def test_a_name_as_in_a_list_and_one_that_is_dictated(text: str, person: str, company: str) -> None:
    names = party_names(turns(("called", "Hello?"), ("caller", text)), Direction.INBOUND)
    assert names[Party.CALLER] == PartyName(person, company)


def test_what_answers_the_caller_is_no_firm() -> None:
    said = turns(
        ("called", "Appointments desk, this is Corwin."), ("caller", "I'm an interpreter."), ("called", "Sure. Staff?")
    )
    assert party_names(said, Direction.INBOUND)[Party.CALLED] == PartyName("Corwin", "")
    late = turns(("called", "Hello?"), ("caller", "Hello."), ("called", "Harborstone Card Services, good morning."))
    assert party_names(late, Direction.INBOUND)[Party.CALLED].company == "Harborstone Card Services"


def test_what_one_tells_of_later_is_not_ones_name() -> None:
    talk = [("caller", "And the manuals?"), ("called", "On Friday.")] * 4
    told = "So we sell in Brazil, and our guy there opens it and he's like, dude, this is Portugal."
    assert party_names(turns(*talk, ("caller", told)), Direction.INBOUND)[Party.CALLER] == PartyName()
    taken_over = turns(*talk, ("called", "Visas, Farida here."))
    assert party_names(taken_over, Direction.INBOUND)[Party.CALLED].person == "Farida"


@pytest.mark.parametrize(("confidence", "person"), [(0.59, ""), (0.6, "Lowell Vandermeer")])
def test_a_name_of_which_the_recognizer_is_not_sure_is_none(confidence: float, person: str) -> None:
    text = "Hi, this is Lowell Vandermeer."
    words = tuple(
        Word(0.1 * place, 0.1 * place, word, confidence if word.startswith("Vander") else 0.9)
        for place, word in enumerate(text.split())
    )
    said = [Segment(start=0, end=2, channel=0, party=Party.CALLER, text=text, confidence=0.9, words=words)]
    assert party_names(said, Direction.INBOUND)[Party.CALLER].person == person


def test_of_unknown_speakers_nothing_is_said() -> None:
    said = [Segment(start=0, end=1, channel=0, party=Party.UNKNOWN, text="This is Ann Lee.", confidence=1.0)]
    assert set(party_names(said, None).values()) == {PartyName()}


def test_names_of_calls_by_other_hands_are_those_in_their_notes() -> None:
    """96 calls whose writers knew nothing of this; the writer's own note has the names, but not of every clerk."""
    found, right = 0, 0
    for path in sorted(ASIDE.glob("*.json")):
        call = json.loads(path.read_text())
        said = turns(*((turn["party"], turn["text"]) for turn in call["turns"]))
        names = party_names(said, Direction(call["direction"]))
        for name in (one.person for one in names.values() if one.person):
            words = [word for word in name.replace(".", "").split() if word not in ("Mr", "Mrs", "Ms", "Miss", "Dr")]
            found += 1
            right += any(word in call["note"] for word in words)
    assert found >= 80
    assert right / found >= 0.85
