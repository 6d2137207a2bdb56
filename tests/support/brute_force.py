"""What takers take and find in all short texts, by running the engine on each."""

from __future__ import annotations

from functools import lru_cache
from random import Random

import regex

from reconciler.patterns.characters import Dialect
from reconciler.patterns.comparison import Difference, found_apart, taken_apart
from reconciler.patterns.modelled import NotModelledError
from reconciler.patterns.walk import NOWHERE
from reconciler.patterns.world import Choice, Taker, World
from tests.support.edited_patterns import LETTERS, TEXTS, edit, pattern

CHOICES = list(Choice)


@lru_cache(maxsize=256)
def matches(each: str, *, whole: bool, ignore_case: bool) -> list[str | None]:
    """What the pattern matches in each of TEXTS."""
    compiled = regex.compile(each, regex.IGNORECASE if ignore_case else 0)
    match = compiled.fullmatch if whole else compiled.search
    return [found.group() if (found := match(text)) else None for text in TEXTS]


def extracted(taker: Taker) -> list[str | None]:
    """What a tenant extracts from each of TEXTS."""
    whole = taker.choice is Choice.WHOLE
    columns = [matches(each, whole=whole, ignore_case=taker.ignore_case) for each in taker.patterns]
    if taker.choice is Choice.FIRST:
        return [
            next((each for each in row if each is not None), None)
            for row in zip(*columns, strict=True)
        ]
    return [
        max((each for each in row if each is not None), key=len, default=None)
        for row in zip(*columns, strict=True)
    ]


def takers(random: Random) -> tuple[Taker, Taker]:
    first = [pattern(random) for _ in range(random.choice([1, 1, 1, 2, 3]))]
    second = list(first)
    second[random.randrange(len(second))] = edit(random, first[0])
    if random.random() < 0.2:
        random.shuffle(second)
    if random.random() < 0.2:
        second.append(pattern(random))
    choice = random.choice(CHOICES)
    other = choice if random.random() < 0.8 else random.choice(CHOICES)
    return (
        Taker(tuple(first), choice, ignore_case=random.random() < 0.2),
        Taker(tuple(second), other, ignore_case=random.random() < 0.2),
    )


def faults(difference: Difference, former: list[bool], latter: list[bool]) -> list[str]:
    """The short texts of which the difference says something else than brute force."""
    graph, alphabet = difference.former.graph, difference.question.alphabet
    letters = {each: alphabet.class_of(each) or 0 for each in LETTERS}
    nodes: dict[str, int] = {"": 0}
    found = []
    for text, before, after in zip(TEXTS[1:], former[1:], latter[1:], strict=True):
        node = nodes[text[:-1]]
        there = graph.edges[node][letters[text[-1]]] if node != NOWHERE else NOWHERE
        nodes[text] = there
        said = (there in difference.former.targets, there in difference.latter.targets)
        expected = (before and not after, after and not before)
        if said != expected and (difference.is_complete or any(said)):
            found.append(text)
    return found


def takes(taker: Taker) -> list[bool]:
    return [value == text for value, text in zip(extracted(taker), TEXTS, strict=True)]


def finds(taker: Taker) -> list[bool]:
    return [value is not None for value in extracted(taker)]


def faults_of(former: Taker, latter: Taker) -> tuple[int, list[str]]:
    """How many of the two questions are decided, and the texts that contradict an answer."""
    decided, found = 0, []
    for apart, accepts in ((taken_apart, takes), (found_apart, finds)):
        try:
            world = World((former, latter), dialect=Dialect.PYTHON)
            difference = apart(former, latter, world)
        except NotModelledError:
            continue
        decided += difference.is_complete
        found.extend(faults(difference, accepts(former), accepts(latter)))
    return decided, found
