"""Random patterns with everything that is modelled, random edits of them, and all short texts."""

from __future__ import annotations

from itertools import product
from random import Random

LETTERS = "ab1- "
TEXTS = ["".join(each) for length in range(6) for each in product(LETTERS, repeat=length)]
_ATOMS = [
    *("a", "b", "1", "-", " ", ".", "[ab]", "[^a]", "[a1-]", r"\d", r"\w", r"\W", r"\s", r"\S"),
    *("ab", "a1", r"[\w-]", r"[^\s]", "A", "[A-Z]", r"[^\d]"),
]
_PLACES = ["^", "$", r"\b", r"\B"]
_LOOKS = ["(?=", "(?!", "(?<=", "(?<!"]
_LONG = 80
_COUNTS = ["*", "+", "?", "{2}", "{1,2}", "{2,}", "{0,3}", "{3}"]


def pattern(random: Random) -> str:
    """A pattern that compiles, often anchored, and short enough to be modelled."""
    body = _sequence(random, depth=2)
    while len(body) > _LONG:
        body = _sequence(random, depth=2)
    ends = random.choice([("", ""), ("", ""), ("^", ""), ("", "$"), ("^", "$"), ("^", "$")])
    return f"{ends[0]}{body}{ends[1]}"


def edit(random: Random, before: str) -> str:
    """The pattern with something like what an author changes."""
    changes = [
        lambda: before.replace("+", "*", 1),
        lambda: before.replace("?", "", 1) if "(?" not in before else f"(?:{before})",
        lambda: before.removeprefix("^"),
        lambda: before.removesuffix("$"),
        lambda: f"^{before}",
        lambda: before.replace(r"\d", "1", 1),
        lambda: before.replace("a", "[ab]", 1) if "[" not in before else f"{before}|1",
        lambda: f"{before}|{_sequence(random, depth=1)}",
        lambda: f"{before}{_atom(random)}",
        lambda: f"(?:{before})?-" if not before.startswith("^") else f"{before}",
        lambda: pattern(random),
    ]
    return random.choice(changes)()


def _sequence(random: Random, *, depth: int, look: bool = True) -> str:
    parts = [_part(random, depth=depth, look=look) for _ in range(random.randint(1, 3))]
    return "".join(parts)


def _part(random: Random, *, depth: int, look: bool) -> str:
    chance = random.random()
    if chance < 0.1:
        return random.choice(_PLACES)
    if look and chance < 0.22:
        opening = random.choice(_LOOKS)
        inside = _atom(random) if "<" in opening else _sequence(random, depth=0, look=False)
        return f"{opening}{inside})"
    if depth and chance < 0.5:
        branches = [
            _sequence(random, depth=depth - 1, look=look) for _ in range(random.randint(1, 3))
        ]
        return f"(?:{'|'.join(branches)}){_count(random)}"
    return f"(?:{_atom(random)}){_count(random)}"


def _atom(random: Random) -> str:
    return random.choice(_ATOMS)


def _count(random: Random) -> str:
    if random.random() < 0.5:
        return ""
    return random.choice(_COUNTS) + random.choice(["", "", "?"])
