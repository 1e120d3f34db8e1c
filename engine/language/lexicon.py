"""Words that carry no subject on the telephone: function words, fillers, courtesies, numbers, names of time."""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FUNCTION_WORDS = _words(
    """
    a about above after again against all also always am an and any anybody anyone anything anyway are
    aren't around as at away back be because been before being below between both but by can can't cannot
    could couldn't did didn't do does doesn't doing don't done down during each either else ever every
    everybody everything few for from further get gets getting give given gives giving go goes going gone
    gonna got gotta had hadn't has hasn't have haven't having he he'd he'll he's her here here's hers
    herself him himself his how how's i i'd i'll i'm i've if in into is isn't it it'd it'll it's its
    itself just keep kept let let's like look looking looks lot lots made make makes making many may maybe
    me might mine more most much must mustn't my myself need needs never no nobody none nor not nothing
    now of off on once one only onto or other our ours ourselves out over own perhaps put quite rather
    really same say saying says see seeing seem seen shall she she'd she'll she's should shouldn't so some
    somebody someone something somewhere still such take takes taken taking than that that'd that'll
    that's the their theirs them themselves then there there'd there'll there's these they they'd they'll
    they're they've thing things this those though through till to today together tomorrow tonight too
    took towards tried try trying under until up upon us use used very want wanted wants was wasn't way we
    we'd we'll we're we've well went were weren't what what'd what's when where where's which while who
    who's whole whom why will with within without won't would wouldn't yesterday yet you you'd you'll
    you're you've your yours yourself yourselves actually already almost along another ago across next
    last left right first come comes came coming tell told telling ask asked asking said know knows known
    knew think thinks thought mean means meant bit sort kind ones half able ahead anymore apart behind
    lots roughly twice ages meantime mrs mister miss pay pays paid send sends sent book books booked let lets working
    rest name names speaking calling ringing number numbers holding whenever
    even everyone far instead less long near since somehow sometimes soon usually whatever whether isn
    aren ain supposed happen happened happens seems stuff bring least
    called keeps afterwards outside inside properly whereabouts
    """
)

# What a subject may be, and none by themselves: "new" tells nothing, "New Jersey" does.
QUALITIES = _words(
    """
    big bigger biggest better best bad worse worst little small large new old good nice easy hard stupid dirty
    top bottom front middle end full wrong late early cold basic main real whole spare
    """
)

FILLERS = _words(
    """
    ah aha alright aye bye cheers cheerio darling dear dunno eh er erm fine goodbye god good great ha heh
    hello hey hi hiya hm hmm huh kay lovely love mate mhm mm mmm nah nope oh ok okay ooh oops ouch perfect
    please sec second seconds sir madam ma'am sorry sure ta thank thanks uh um wait wow ya yeah yep yes yup
    brilliant absolutely basically course honestly hang hold hopefully literally nice obviously probably
    righto lemme gimme och ach grazie g'day
    definitely exactly simply suppose guess wonder afraid pardon minute minutes moment morning afternoon
    evening welcome help gosh y'all folks bother luck bunch mind cause
    """
)

NUMBER_WORDS = _words(
    """
    zero oh nought one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety
    hundred thousand million double triple first second third fourth fifth sixth seventh eighth ninth
    tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth
    thirtieth dozen point half quarter
    """
)

TIME_WORDS = _words(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april june july august
    september october november december day days week weeks month months year years hour hours time times
    oclock o'clock date mondays tuesdays wednesdays thursdays fridays saturdays sundays weekday weekdays weekend
    weekends past pounds pound pence dollars cents bucks euros percent
    """
)

DAY_PARTS = _words("morning afternoon evening today tomorrow tonight noon lunchtime")

# What stands before it tells a noun from a verb, without a tagger.
BEFORE_NOUNS = _words(
    """
    a an the my your his her its our their this that these those some any no new old another each every of for about
    with on in from at by
    """
)

BEFORE_VERBS = _words(
    """
    i you we they he she it to can can't cannot could couldn't will won't would wouldn't should shouldn't may might must
    don't didn't doesn't i'll you'll we'll
    they'll he'll she'll i'd you'd we'd i've you've we've they've let's please just
    never not i'm you're we're they're he's she's it's isn't aren't wasn't was were is are been be being got
    """
)

SUBJECTLESS = FUNCTION_WORDS | FILLERS | NUMBER_WORDS


def plain(word: str) -> str:
    """A word as the lists above have it: lower case, straight apostrophe, no possessive."""
    lowered = word.lower().replace("’", "'").strip("'")
    return lowered[:-2] if lowered.endswith("'s") and lowered not in FUNCTION_WORDS else lowered


def stem(word: str) -> str:
    """A word without the endings that only grammar asks for."""
    return re.sub(r"(ies|es|s|ing|ed)$", "", word) if len(word) > 4 else word
