"""Briefs for calls that somebody is to write, drawn at random: who calls whom about what, how long, how it ends.

A writer who chooses these himself writes the calls that he thinks of first, in which whoever is dissatisfied shouts.
Here a third of the outside parties leave dissatisfied and most of them say so politely, a third of the calls have no
usual form (voicemail, menu, transfer, wrong number), and a fifth of the speakers speak English as a second language.

    python -m engine.training.call_briefs --seed 7 --count 32

prints the briefs of one writer. Moods and endings are drawn apart from the business: neither tells the other.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator

BUSINESSES = """
accountant; airline; animal rescue; antiques dealer; aquarium shop; architect; auction house; baby equipment shop;
bakery; bank; barber; bicycle shop; blood donor centre; boat yard; bookshop; bowling alley; brewery; broadband
provider; builders' merchant; building society; bus company; butcher; campsite; car dealer; car hire; care home;
carpet fitter; catering company; chimney sweep; cinema; cleaning agency; clinic for physiotherapy; community theatre;
computer repair; concert hall; conveyancing solicitor; council housing office; council refuse department; courier
depot; credit card company; dairy farm supplier; dance school; debt collection agency; dental practice; department
store; dog groomer; driving school; dry cleaner; electrician; electricity supplier; employment agency; estate agent;
eye clinic; farm machinery dealer; ferry company; fishmonger; fitness studio; florist; forestry contractor; funeral
director; furniture shop; garage; garden centre; gas engineer; glazier; golf club; hairdresser; health insurer;
hearing aid centre; heating oil dealer; hospital appointments desk; hotel; household insurance; HR department of a
factory; ice rink; internal IT helpdesk; internet hosting company; jeweller; job centre; kennels; kitchen fitter;
landlord; language school; laundry; letting agent; library; lift maintenance; locksmith; machine tool supplier;
maternity ward; mobile phone shop; mortgage broker; motor insurer; museum; music teacher; newspaper subscriptions;
nursery school; office cleaning; online clothing shop; optician; orchestra office; packaging manufacturer; parcel
service; passport office; pension provider; pest control; pharmacy; photographer; piano tuner; plumber; pool
maintenance; printer; probate solicitor; property management; recruiter; restaurant; roofing company; saddler; school
office; scrap yard; security company; self storage; shipping agent; shoe repair; skip hire; software company; solar
installer; stationery wholesaler; steel stockholder; surveyor; swimming baths; tailor; tax office; taxi firm;
telephone company; theatre box office; ticket agency; timber yard; toy shop; trade union office; train company;
translation agency; travel agent; tree surgeon; tyre fitter; university admissions; upholsterer; van hire; veterinary
practice; video production; vineyard; warehouse; water company; wedding venue; well-woman clinic; wholesale
greengrocer; window cleaner; wine merchant; youth hostel; zoo
"""

MATTERS = """
a bill or charge that is not understood; a refund that has not come; a booking to be made; a booking to be changed; a
cancellation; a delivery that is late; a delivery that is wrong or damaged; a fault for the first time; the same fault
for the third time; a quotation; an order with several lines; a complaint about a person; a complaint about noise,
smell or dirt; test results or a report to be explained; a change of address or bank details; a contract that ends or
rolls over; an appointment that was missed; lost property; a claim; an upgrade or offer; advice before buying; a form
that is not understood; a thank-you; chasing a promise made last week; a job application; arranging access or keys; a
question of opening hours that grows; a price rise; a warranty refused; a password or account locked; a recall or
safety notice; an invoice that is overdue; a rota or shift; a school or family matter; an estimate that has doubled; a
survey after the service
"""

ENDINGS = {
    "dissatisfied": (
        "nothing was solved and the outside party says a polite, cool goodbye",
        "only half was solved; the outside party thanks the agent out of politeness and is plainly let down",
        "the outside party will take the business or the matter elsewhere, said quietly",
        "a promise is repeated that was broken before; the outside party says it doubts it, without raising its voice",
        "the outside party is told no, accepts that it is no use, and ends the call tired",
        "the outside party asks for a manager or a complaint reference and gets a callback that it does not believe in",
        "the outside party is angry, interrupts, and hangs up or nearly does",
        "the agent is friendly and thinks it went well; the outside party says in one dry sentence that it did not",
        "it is solved, but at a price or after a delay that the outside party finds unfair and says so",
    ),
    "neutral": (
        "plain business, done, with the usual thank-you of anybody",
        "it is left open until somebody calls back; nobody minds",
        "bad news (a price, a delay, a no) which the outside party takes matter-of-factly",
        "the subject is sad or ugly (a death, a debt, a burglary, an illness), and the call is sober and correct",
        "an offer is declined, civilly",
        "hurried and dense: numbers, codes, dates, goodbye",
        "the parties know each other, joke a little, and settle a routine thing",
        "a small irritation at the start that is forgotten by the end, without joy",
    ),
    "satisfied": (
        "solved at once, with real relief",
        "began as a complaint, was handled well, and the outside party says that it is happy now",
        "got more than it asked for and is warm about it",
        "long and muddled, and at the end the outside party is glad to have had this agent",
        "a thank-you, plainly meant",
        "understated: few words, dry or shy, but clearly pleased",
        "words of praise by negation (no complaints, could not have been easier)",
    ),
}

USUAL = ("an ordinary conversation",)
UNUSUAL = (
    "a voicemail: one speaker alone (no turn of the other party but perhaps its recorded greeting)",
    "very short, at most ten turns",
    "the call begins with a recorded menu or announcement (as turns of the called party) and waiting",
    "a transfer: a first agent takes it, a second one has to be told again; both are the called party",
    "somebody is put on hold twice; side remarks to people in the room are heard",
    "a wrong number, or a call for somebody who is not there",
    "a call back: the company calls (outbound) and reaches the person at a bad moment",
    "between colleagues or two companies who deal with each other every week",
)
DIRECTIONS = (("inbound", 7), ("outbound", 3))
LENGTHS = (("short: 8 to 16 turns", 30), ("medium: 18 to 36 turns", 45), ("long: 40 to 64 turns", 25))
SPEECH = (
    ("British, any region", 30),
    ("American, any region", 25),
    ("Irish or Scottish", 8),
    ("Australian, New Zealand or South African", 8),
    ("Indian, Nigerian or Caribbean English", 9),
    (
        "English as a second language: the outside party (articles, tenses and word order go wrong now and then;"
        " the sense is plain)",
        14,
    ),
    ("English as a second language: the agent", 6),
)
MANNERS = (
    "talkative, wanders off",
    "curt",
    "old and careful",
    "young and quick",
    "worried",
    "ironic",
    "very polite",
    "well prepared, with papers",
    "distracted by children or traffic",
    "knows the trade better than the agent",
    "apologizes for calling",
    "has told it all three times before",
)


def briefs(seed: int, count: int) -> Iterator[str]:
    """The briefs of one writer, a third of each mood; the same for the same seed."""
    rng = random.Random(f"call briefs {seed}")  # noqa: S311 - drawn to be drawn again
    businesses = rng.sample([_one_line(business) for business in BUSINESSES.split(";")], count)
    matters = [_one_line(matter) for matter in MATTERS.split(";")]
    moods = (list(ENDINGS) * count)[:count]
    rng.shuffle(moods)
    for number, (business, mood) in enumerate(zip(businesses, moods, strict=True), 1):
        form = rng.choice(UNUSUAL if rng.random() < 1 / 3 else USUAL)
        yield "\n".join(
            (
                f"{number}. {business}: {rng.choice(matters)}",
                f"   direction: {_drawn(rng, DIRECTIONS)}; form: {form}; {_drawn(rng, LENGTHS)}",
                f"   speech: {_drawn(rng, SPEECH)}; the outside party: {rng.choice(MANNERS)}",
                f"   the outside party leaves {mood}: {rng.choice(ENDINGS[mood])}",
            )
        )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _drawn(rng: random.Random, weighted: tuple[tuple[str, int], ...]) -> str:
    return rng.choices([text for text, _ in weighted], [weight for _, weight in weighted])[0]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Print briefs for calls that somebody is to write.")
    parser.add_argument("--seed", type=int, required=True, help="one for each writer")
    parser.add_argument("--count", type=int, default=32)
    arguments = parser.parse_args()
    for brief in briefs(arguments.seed, arguments.count):
        print(brief)
