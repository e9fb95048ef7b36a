"""The words that say how something is asked, not what is asked."""

ENGLISH = frozenset(
    """
    a about after again all also am an and any are as at be because been before being between both but by can
    could did do does doing done down during each every few for from further get give given gave had has have
    having he her here hers him his how i if in into is it its itself just kind know known like made make many
    may me might more most much must my name named no nor not now of off often on once one only or other our out
    over own please same say she should so some such tell than that the their them then there these they this
    those through to too type under until up upon us use very was way we were what when where which while who
    whom whose why will with within without would you your called considered exactly mean does 's
    """.split()
)
# Of others, the commonest.
GERMAN = frozenset(
    """
    der die das den dem des ein eine einer eines einem einen und oder ist sind war waren wird wurde wurden werden
    was wer wie wo wann warum welche welcher welches wen wem im in am an auf aus bei mit nach von vom zu zum zur
    für es sich nicht 's
    """.split()
)
FRENCH = frozenset(
    """
    le la les un une des du de et ou est sont était qui que quoi quel quelle quels quelles comment quand où
    pourquoi dans en au aux par pour sur avec ce cette il elle 's
    """.split()
)
SPANISH = frozenset(
    """
    el la los las una unos unas y o es son era fue que quien cual cuales como cuando donde por para con del al se su
    de en 's
    """.split()
)
LANGUAGES = (ENGLISH, GERMAN, FRENCH, SPANISH)
FUNCTION_WORDS = ENGLISH | GERMAN | FRENCH | SPANISH
