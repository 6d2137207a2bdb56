"""What the NLU extracts, what it refuses to train, and how it computes success."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reconciler.sandbox.v1.corpus import Corpus, Utterance
from reconciler.sandbox.v1.extraction import Span, candidates, contest
from reconciler.sandbox.v1.nlu import Nlu, extract
from reconciler.sandbox.v1.patterns import Matcher, Rule, TrainingFailed


def slot(
    *patterns: str, strategy: str = "bestMatch", kind: str = "regex", slot_id: str = "slot_a"
) -> dict[str, object]:
    return {
        "slotId": slot_id,
        "type": kind,
        "patterns": list(patterns),
        "fillStrategy": strategy,
    }


def extracted(
    text: str, *patterns: str, strategy: str = "bestMatch", kind: str = "regex"
) -> object:
    return extract([slot(*patterns, strategy=strategy, kind=kind)], text).get("slot_a")


class TestCandidates:
    def test_anchors_match_at_words_of_the_utterance(self) -> None:
        assert extracted("where is AB-1234 now", r"^[A-Z]{2}-\d{4,6}$") == "AB-1234"

    def test_punctuation_around_words_is_left_off(self) -> None:
        assert extracted("Where is (AB-1234)?!", r"^[A-Z]{2}-\d{4,6}$") == "AB-1234"

    def test_punctuation_may_be_part_of_the_value(self) -> None:
        assert extracted("you said no?", r"^no\?$") == "no?"

    def test_a_value_has_at_most_six_words(self) -> None:
        assert extracted("a b c d e f", "^a b c d e f$") == "a b c d e f"
        assert extracted("a b c d e f g", "^a b c d e f g$") is None

    def test_single_words_and_runs_of_words_are_candidates(self) -> None:
        text = "one two."
        found = {text[span.start : span.end] for span in candidates(text)}
        assert found == {"one", "two", "two.", "one two", "one two."}

    def test_an_empty_match_is_not_extracted(self) -> None:
        assert extracted("some words", "x*") is None


class TestStrategies:
    def test_best_match_takes_the_longest_of_all_patterns(self) -> None:
        assert extracted("12 or 3456", r"^\d{2}$", r"^\d{4}$") == "3456"

    def test_best_match_takes_the_leftmost_of_equally_long_matches(self) -> None:
        assert extracted("12 or 34", r"^\d{2}$") == "12"

    def test_first_match_goes_by_the_order_of_patterns(self) -> None:
        patterns = (r"^\d{2}$", r"^\d{4}$")
        assert extracted("3456 or 12", *patterns, strategy="firstMatch") == "12"
        assert extracted("only 3456", *patterns, strategy="firstMatch") == "3456"

    def test_first_match_takes_the_leftmost_then_the_longest(self) -> None:
        assert extracted("ab abc", "^ab.*$", strategy="firstMatch") == "ab abc"

    def test_strict_matches_only_a_whole_candidate(self) -> None:
        assert extracted("ABC12", r"\d+") == "12"
        assert extracted("ABC12", r"\d+", strategy="strict") is None
        assert extracted("ABC 12", r"\d+", strategy="strict") == "12"

    def test_only_fuzzy_ignores_case(self) -> None:
        assert extracted("ord-1", r"^ORD-\d$", strategy="fuzzy") == "ord-1"
        for strategy in ("bestMatch", "firstMatch", "strict"):
            assert extracted("ord-1", r"^ORD-\d$", strategy=strategy) is None

    def test_other_types_hold_phrases_not_expressions(self) -> None:
        assert extracted("by CREDIT card.", "credit card", kind="list") == "CREDIT card"
        assert extracted("a postcard", "card", kind="list") is None
        assert extracted("abc", "a.c", kind="list") is None


class TestContest:
    def test_the_longest_extraction_wins_the_span(self) -> None:
        short = slot("^red$", slot_id="slot_a")
        long = slot("^red wine$", slot_id="slot_b")
        assert extract([short, long], "some red wine") == {"slot_b": "red wine"}

    def test_the_loser_falls_back_on_a_match_that_overlaps_no_winner(self) -> None:
        short = slot(r"^\d{4}$", slot_id="slot_a")
        long = slot(r"^\d{4} EUR$", slot_id="slot_b")
        found = extract([short, long], "1234 EUR for 5678")
        assert found == {"slot_a": "5678", "slot_b": "1234 EUR"}

    def test_the_leftmost_wins_a_tie_then_the_id_that_sorts_first(self) -> None:
        wishes = {"slot_b": [Span(0, 4)], "slot_a": [Span(2, 6)]}
        assert contest(wishes) == {"slot_b": Span(0, 4)}
        same = {"slot_b": [Span(0, 4)], "slot_a": [Span(0, 4)]}
        assert contest(same) == {"slot_a": Span(0, 4)}

    def test_the_order_of_slots_does_not_matter(self) -> None:
        slots = [slot("^x+$", slot_id="slot_b"), slot("^x+$", slot_id="slot_a")]
        assert extract(slots, "xx") == extract(slots[::-1], "xx") == {"slot_a": "xx"}


class TestSuccess:
    CORPUS = Corpus(
        (
            Utterance("it is 1234", {"slot_a": "1234"}),
            Utterance("it is 12 34", {"slot_a": "12 34"}),
            Utterance("just 9999 reasons"),
            Utterance("hello"),
        )
    )

    def test_misses_and_false_alarms_are_failures_and_silence_is_not_a_sample(self) -> None:
        model = Nlu(self.CORPUS).train([slot(r"^\d{4}$")])
        assert model.verdicts["slot_a"] == [True, False, False, None]
        assert model.success_rate("slot_a") == pytest.approx(1 / 3)

    def test_a_wrong_value_is_a_failure(self) -> None:
        model = Nlu(self.CORPUS).train([slot(r"\d{2}")])
        assert model.verdicts["slot_a"] == [False, False, False, None]

    def test_a_greedy_slot_lowers_the_rate_of_the_slot_whose_values_it_takes(self) -> None:
        nlu = Nlu(self.CORPUS)
        greedy = slot(r"^is \d+$", slot_id="slot_z")
        assert nlu.train([slot(r"^\d{4}$")]).verdicts["slot_a"][0] is True
        assert nlu.train([slot(r"^\d{4}$"), greedy]).verdicts["slot_a"][0] is False

    def test_an_unknown_slot_has_no_rate(self) -> None:
        assert Nlu(self.CORPUS).train([]).success_rate("slot_a") is None

    def test_one_training_does_not_influence_the_next(self) -> None:
        nlu = Nlu(self.CORPUS)
        strict = nlu.train([slot(r"\d{2}", strategy="strict")])
        loose = nlu.train([slot(r"\d{2}")])
        assert strict.verdicts["slot_a"] == [False, False, None, None]
        assert loose.verdicts["slot_a"] == [False, False, False, None]


class TestRefusedTraining:
    @pytest.mark.parametrize(
        "pattern",
        [
            r"\u0041",
            r"\U00000041",
            r"\x{41}",
            r"\p{L}",
            r"\P{L}",
            r"a\\\u0041",
            "(",
            "a**b",
            "a)",
            "[z-a]",
        ],
    )
    def test_escapes_and_broken_patterns(self, pattern: str) -> None:
        with pytest.raises(TrainingFailed, match="slot_a"):
            Nlu(Corpus(())).train([slot(pattern)])

    def test_an_escaped_backslash_escapes_nothing(self) -> None:
        assert extracted(r"C:\users", r"^C:\\users$") == r"C:\users"

    def test_two_hexadecimal_digits_are_not_a_unicode_escape(self) -> None:
        assert extracted("A", r"^\x41$") == "A"

    def test_phrases_are_not_read_as_patterns(self) -> None:
        assert extracted("aaa", "(a+)+", kind="list") is None
        assert extracted("[x", "[x", kind="list") == "[x"

    @pytest.mark.parametrize(
        "pattern",
        [
            "^(a+)+$",
            "^(a|aa)+$",
            "^(a|a)*$",
            r"^(\d+ ?)+$",
            "(a*)*",
            "(a*b?)*",
            r"(\w+\d*)+",
            r"^([a-z]+[a-c]*)*$",
            r"(\d{1,50}){1,50}",
            "(){99999999}",
            "(?=(){99999999})a",
            "((){999}){999}",
            "(?:x(?:a|ab?b?)b*)+y(?:(z+)+)",
            "(?i)^(a+)+$",
            r"(\w)\1(a|aa)+",
            "((((((a|b){5}){5}){5}){5})c)*",
        ],
    )
    def test_a_loop_that_can_read_the_same_text_in_two_ways_is_refused(self, pattern: str) -> None:
        with pytest.raises(TrainingFailed, match="too complex"):
            Nlu(Corpus(())).train([slot(pattern)])

    @pytest.mark.parametrize(
        "pattern",
        [
            r"^\w+(\.\w+)*@\w+$",
            "^([A-Z]+-)+$",
            r"^(\d{16} ?)+$",
            r"^(?:\d{4} ?){4}$",
            "(ab|ac)+",
            "(a|b)+",
            ".*.*",
            r"^[A-Z]{2}-\d{4,6}$",
            r"(?P<year>\d{4})-\d\d",
            r"(?=a)[^]a]+\b",
            r"(\()+",
            r"^(\d{4,6},)*$",
            r"(?i)^(\w)\1+$",
        ],
    )
    def test_a_loop_that_can_read_text_in_only_one_way_is_trained(self, pattern: str) -> None:
        assert Nlu(Corpus(())).train([slot(pattern)]).verdicts == {"slot_a": []}

    def test_ignoring_case_can_make_a_pattern_ambiguous(self) -> None:
        assert extracted("aA", "^(a|A)+$") == "aA"
        with pytest.raises(TrainingFailed):
            extracted("aA", "^(a|A)+$", strategy="fuzzy")


@pytest.mark.parametrize(
    ("pattern", "text", "value"),
    [
        (r"^a|\d$", "b7", "7"),
        (r"^\$\d$", "$5", "$5"),
        (r"^5\$$", "5$", "5$"),
        ("^é.$", "éa", "éa"),
        ("^(?i:ab)$", "AB", "AB"),
        ("(?<=x)y", "xy", "y"),
        ("^a?b?c$", "bc", "bc"),
        ("^ab?$", "a", "a"),
        ("^(a|b)$", "b", "b"),
        ("^[^b]$", "\u0301", "\u0301"),
    ],
)
def test_skipping_candidates_by_their_outer_characters_loses_no_match(
    pattern: str, text: str, value: str
) -> None:
    assert extracted(f"so {text} it", pattern) == value


@given(st.text(alphabet="aAb01é()[]{}*+?|\\^$.dwsxu,-:<=!P ", max_size=25))
@settings(max_examples=300, deadline=None)
@example("(){99999999}")
@example("((a?){99}){99}")
@example("a{3,1}")
@example("(?P<a>a)(?P=a)")
def test_the_worst_that_a_pattern_does_is_fail_to_train(pattern: str) -> None:
    nlu = Nlu(Corpus((Utterance("aab 0110 a-b baa"), Utterance("dé w{1}"))))
    for strategy in ("bestMatch", "strict", "fuzzy"):
        with contextlib.suppress(TrainingFailed):
            nlu.train([slot(pattern, strategy=strategy)])


@pytest.mark.parametrize(("pattern", "whole"), [("^[ab]1$", False), ("[ab]1", True)])
def test_candidates_with_other_outer_characters_are_skipped(pattern: str, whole: bool) -> None:
    matcher = Matcher(Rule(pattern, literal=False, whole=whole, ignore_case=False))
    assert matcher.may_match("a", "1")
    assert not matcher.may_match("1", "1")
    assert not matcher.may_match("a", "a")


@given(
    pattern=st.text(alphabet="ab1()[]*+?|^$.\u017fs", min_size=1, max_size=12),
    whole=st.booleans(),
    ignore_case=st.booleans(),
)
@settings(max_examples=600, deadline=None)
@example(pattern="^?1", whole=False, ignore_case=False)
@example(pattern="^\u017f", whole=False, ignore_case=True)
@example(pattern="^a|b$", whole=False, ignore_case=True)
def test_skipping_candidates_never_changes_the_matches(
    pattern: str, whole: bool, ignore_case: bool
) -> None:
    words = ["a", "b", "1", "ab", "bA", "a1", "1b", "aAb1", "s", "a\u017f"]
    try:
        matcher = Matcher(Rule(pattern, literal=False, whole=whole, ignore_case=ignore_case))
    except TrainingFailed:
        return
    skipped = [word for word in words if not matcher.may_match(word[0], word[-1])]
    assert [word for word in skipped if matcher.find(word)] == []


class TestCorpus:
    def test_examples_become_utterances_that_contain_their_value(self) -> None:
        corpus = Corpus.from_examples({"slot_a": ["AB-1", "CD-2"]})
        assert {u.labels["slot_a"] for u in corpus.utterances} == {"AB-1", "CD-2"}
        assert all(u.labels["slot_a"] in u.text for u in corpus.utterances)
        assert Nlu(corpus).train([slot(r"^[A-Z]{2}-\d$")]).success_rate("slot_a") == 1.0

    def test_a_file_is_read(self, tmp_path: Path) -> None:
        path = tmp_path / "corpus.json"
        path.write_text(
            '{"utterances": [{"text": "ä 1", "labels": {"s": "1"}}, {"text": "b"}]}', "utf-8"
        )
        assert [u.text for u in Corpus.load(path).utterances] == ["ä 1", "b"]

    @pytest.mark.parametrize(
        "text",
        [
            "{",
            "[]",
            '{"utterances": [{}]}',
            '{"utterances": [{"text": 1}]}',
            '{"utterances": [{"text": "a", "labels": {"s": "b"}}]}',
        ],
    )
    def test_a_file_that_is_not_a_corpus_is_refused_by_name(
        self, tmp_path: Path, text: str
    ) -> None:
        path = tmp_path / "odd.json"
        path.write_text(text, "utf-8")
        with pytest.raises(ValueError, match=r"odd\.json"):
            Corpus.load(path)
