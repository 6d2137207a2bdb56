"""JavaScript patterns with what V8 finds in a text (Node.js 20), and generated ones."""

from __future__ import annotations

from hypothesis import strategies as st

FOUND: list[tuple[str, str, str | None]] = [
    # (body, text, `text.match(new RegExp(body))?.[0]`)
    (r"\b(?:[A-Z]{2}-\d{4,6}|ORD-\d{5})\b", "my order ORD-12345!", "ORD-12345"),
    ("a|ab", "ab", "a"),
    ("ab", "AB", None),
    (r"\d+", "٣ 12", "12"),
    (r"\w+", "äb", "b"),
    (r"\bb", "äb", "b"),
    (r"\B", "", ""),
    (r"\s", "x\ufeffy", "\ufeff"),
    (r"\s", "x\x1cy", None),
    ("^b", "a\nb", None),
    ("a$", "a\n", None),
    ("a.b", "a\u2028b", None),
    ("a.b", "a\x85b", "a\x85b"),
    ("[^]x", "\nx", "\nx"),
    ("a[]|b", "ab", "b"),
    ("[]a]", "a]", None),
    (r"\/", "a/b", "/"),
    (r"\cJ", "\n", "\n"),
    (r"\c!", r"a\c!", r"\c!"),
    (r"[\c_]", "\x1f", "\x1f"),
    (r"\u0041\x42", "AB", "AB"),
    (r"\u{3}", "uuu", "uuu"),
    (r"\x4", "x4", "x4"),
    (r"\p{L}", "Ä p{L}", "p{L}"),
    (r"\A\Z", "AZ", "AZ"),
    (r"\k<n>", "k<n>", "k<n>"),
    (r"\101\8", "A8", "A8"),
    (r"(a)\2", "a\x02", "a\x02"),
    (r"[\1]", "\x01", "\x01"),
    (r"[\d-z]+", "1-z2", "1-z2"),
    (r"[\D]+", "12ab", "ab"),
    (r"[\b]", "a\b", "\b"),
    ("a{,2}", "aa{,2}", "a{,2}"),
    ("x{", "x{", "x{"),
    ("(?=a)*b", "ab", "b"),
    (r"(?<n>a.)\k<n>", "xabab", "abab"),
    (r"(?<\u0061b>x)\k<ab>", "xx", "xx"),
    (r"(['\"]).*?\1", "say 'a\"' !", "'a\"'"),
    (r"\1(a)", "aa", "a"),
    (r"(a\1)", "aa", "a"),
    (r"(?:(a)|b)\1", "ba", "b"),
    (r"(a)?b\1", "ba", "b"),
    (r"(?<=\$)\d+", "$42", "42"),
    (r"(?<=^a*)b", "aab", "b"),
    (r"(?<!-|\d)\d", "-12 3", "3"),
    ("(?:|a)+", "aa", "aa"),
    ("(?:|a)*b", "aab", "aab"),
    ("(?:|a)?", "a", "a"),
    ("(?:a?){2,3}?b", "aaab", "aaab"),
    ("(a*)*", "b", ""),
    ("(?:a*?)*?b", "aab", "aab"),
    ("^.$", "😀", None),
    ("^..$", "😀", "😀"),
    ("😀+", "😀😀", "😀"),
    ("(?:😀)+", "😀😀", "😀😀"),
    ("[😀]", "😁", "\ud83d"),
    (r"\ud83d", "😀", "\ud83d"),
    (r"\ud83d*", "a", ""),
]

_CHARACTERS = st.sampled_from("ab1-ä \n\u2028\ufeff😀A")
TEXT = st.text(alphabet=_CHARACTERS, max_size=7)
_ATOMS = st.sampled_from(
    [
        *("", "a", "b", "1", "-", "ä", "^", "$", ".", "[a-b]", "[^a]", "[^]", "[]", r"[\W1]"),
        *(r"\d", r"\W", r"\s", r"\S", r"\b", r"\B", r"[\s\S]", r"\/", r"\u00e4", r"\cJ", "😀"),
    ]
)
_REFERENCES = st.sampled_from([r"\1", r"\2"])
_COUNTS = st.sampled_from(["", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?", "{2,}"])
_LOOKS = st.sampled_from(["(?=", "(?!", "(?<=", "(?<!"])


def _extended(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("(?:{}){}".format, inner, _COUNTS),
        st.builds("({}){}".format, inner, _COUNTS),
        st.builds("(?:{}|{}){}".format, inner, inner, _COUNTS),
        st.builds("{}{})".format, _LOOKS, inner),
    )


BODY = st.recursive(_ATOMS, _extended, max_leaves=6)
BODY_WITH_REFERENCES = st.recursive(_ATOMS | _REFERENCES, _extended, max_leaves=6)

VALID = [
    *("", "a{", "{", "}", "]", "a{1", "{a}", "a{,2}", "[]", "[^]", "(?=a)*", "(?!a)+", "a{0}"),
    *(r"\c", r"\8", r"\1", r"\k", r"\k<n>", r"\u", r"\x4", r"\p{L}", r"[\d-z]", r"[a-\d]", r"[\c]"),
    *("(?<n>a)", "(?<$_1>a)", r"(?<n>a)\k<n>", r"\k<n>(?<n>a)", "(?<=a*)b", "(?<ä>a)", "()", "|"),
    *("a{99999999999}", r"(?<\u0061>x)", "[a-]", "[-a]", r"[\]]", r"\/", "/"),
]
INVALID = {
    # body: where JavaScript gives up
    "(": 0,
    "a)": 1,
    "[a": 0,
    "ab\\": 2,
    "*a": 0,
    "a**": 2,
    "a{2}{3}": 4,
    "{1}": 0,
    "a|+": 2,
    "^*": 1,
    r"\b+": 2,
    "(?<=a)*": 6,
    "a{2,1}": 1,
    "[z-a]": 1,
    "a[b😀-😁]": 3,
    "(?i)a": 0,
    "(?P<n>a)": 0,
    "x(?>a)": 1,
    "(?#a)": 0,
    "(?<1>a)": 0,
    "(?<>a)": 0,
    "(?<n>a)(?<n>b)": 7,
    "(?<n>a(?<n>b))": 6,
    r"(?<n>a)\k<m>": 7,
    r"(?<n>a)\k": 7,
    r"(?<n>a)[\k]": 7,
    "(?-:a)": 0,
    "(?ii:a)": 0,
    "😀(": 1,
}
