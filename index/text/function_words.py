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
    für es sich nicht ich du wir ihr sie er man mir mich uns dein mein kein keine keinen um als auch aber wenn hat
    haben hatte noch nur schon sehr muss darf kann soll wieso weshalb wohin woher gibt über unter vor zwischen 's
    """.split()
)
FRENCH = frozenset(
    """
    le la les un une des du de et ou est sont était qui que quoi quel quelle quels quelles comment quand où
    pourquoi dans en au aux par pour sur avec ce cette ces cet il elle on je tu nous vous ils elles y ne pas plus se sa
    son ses mon ma mes c j si a ont sont mais chez sans sous peut combien 's
    """.split()
)
SPANISH = frozenset(
    """
    el la los las una unos unas y o es son era fue que quien cual cuales como cuando donde por para con del al se su
    de en me mi si no lo le les qué cómo cuándo dónde cuál cuánto cuánta cuántos puede pueden hay muy más sin sobre
    entre está están tiene tengo ser 's
    """.split()
)
ITALIAN = frozenset(
    """
    il lo la i gli le un uno una e o è sono era erano che chi cosa quale quali come quando dove perché quanto quanti di
    del della dei delle da dal in nel nella con su per tra al alla ai agli alle allo si non ha ho
    hanno mi ci ne se cui può possono nei nelle dal dalla sul sulla quante quanta più anche ma senza
    """.split()
)
PORTUGUESE = frozenset(
    """
    o a os as um uma uns umas e ou é são era foi que quem qual quais como quando onde porque por para com do da dos das
    de em no na nos nas ao à às aos se não mais mas me meu minha seu sua tem têm pode podem até vai está estão há sem
    sobre quanto quanta quantos quantas
    """.split()
)
TURKISH = frozenset(
    """
    bir ve veya ya da de mi mı mu mü ne kim kimin hangi nasıl nerede nereye neden niçin niye ne zaman kaç kadar için ile
    bu şu o olan olarak var yok değil gibi daha en çok ise mıyım mıdır midir acaba ben biz siz onlar her hiç ama sonra
    önce göre çünkü
    """.split()
)
OTHERS = (GERMAN, FRENCH, SPANISH, ITALIAN, PORTUGUESE, TURKISH)
LANGUAGES = (ENGLISH, *OTHERS)
FUNCTION_WORDS = frozenset[str]().union(*LANGUAGES)
