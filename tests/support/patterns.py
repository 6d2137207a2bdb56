"""Patterns that hang a backtracking engine, patterns as people write them, and small patterns with
all short texts."""

from __future__ import annotations

from itertools import product

from hypothesis import strategies as st

CATASTROPHIC_PATTERNS = [
    r"(a+)+$",
    r"^(a|aa)+$",
    r"^(a|a)*$",
    r"(a*)*b",
    r"(a*?)*?b",
    r"(x+x+)+y",
    r"(.*a){11}$",
    r"(a+){10}b",
    r"^(\d{4,6})+$",
    r"^(\w+\s?)*$",
    r"^(\w+\s?){1,10}$",
    r"^([a-zA-Z0-9]+\s?)+$",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    r"^(\w|\d)+$",
    r"^([^-]|\w)+$",
    r"^(?=a)(a+)+$",
    r"(?<!x)(a|b|ab)*c",
    r"\b(\w+)*\b!",
    r"(?:a?b?)*c",
    r"^(?:a|b|ab)+[^z]?$",
    r"^((a+)+b|a)",
    r"(a++b|(c+)+)+d",
    r"^((?>a)|aa)+$",
]
ORDINARY = [
    *(r"^[\w.+-]+@[\w-]+\.[a-z]{2,10}$", r"^[^@\s]+@[^@\s]+\.[^@\s]+$"),
    *(r"^\w+([.-]?\w+)@\w+\.\w{2,3}$", r"^[\w.]+@([\w-]+\.)+[a-z]{2,4}$"),
    *(r"^\d{4}-\d{2}-\d{2}$", r"^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}$", r"^(0?[1-9]|1[0-2])/\d{4}$"),
    *(r"^(0[1-9]|[12]\d|3[01])\.(0[1-9]|1[0-2])\.\d{4}$", r"^\d{1,2}(st|nd|rd|th)? \w+ \d{4}$"),
    *(r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z?$", r"^([01]?\d|2[0-3]):[0-5]\d$"),
    *(r"^(1[0-2]|0?[1-9])(:[0-5]\d)? ?[ap]m$", r"^\d+ (day|week|month)s?$"),
    *(r"^\+\d{2} \d{2,4} \d{6,8}$", r"^0\d{2,4}[ /-]\d{6,8}$", r"^\+?\d{1,3}([ -]?\d{2,4}){2,4}$"),
    *(r"^\(?\d{3}\)?[ -]?\d{3}[ -]?\d{4}$", r"^(\+\d{1,2} )?\d{3}-\d{4}$", r"^\+(\d ?){7,15}$"),
    *(r"^[A-Z]{2}-\d{4,6}$", r"^ORD-\d{5}$", r"^#?\d{6,}$", r"^(PO|SO)[- ]?\d+$", r"^RMA ?\d{7}$"),
    *(r"^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$", r"^[A-Z]{2}\d{2}( ?[A-Z0-9]{4}){3,7}$", r"^DE\d{20}$"),
    *(r"^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$", r"^(\d{4}[ -]?){3}\d{4}$", r"^\d{3,4}$"),
    *(r"^4\d{12}(\d{3})?$", r"^\d{13,19}$", r"^(0[1-9]|1[0-2])/\d{2}$"),
    *(r"^\d{5}(-\d{4})?$", r"^[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}$", r"^[A-Z]\d[A-Z] ?\d[A-Z]\d$"),
    *(r"^\d+([.,]\d{2})? ?(EUR|€|\$)$", r"^\d{1,3}(,\d{3})*(\.\d\d)?$", r"^-?\d+(\.\d+)?$"),
    *(r"^(\d+)(,\d+)*$", r"^\d+( \d+)*$", r"^([A-Z]+;)*[A-Z]+$", r"^[a-z]+(-[a-z]+)*$"),
    *(r"^(\d{1,3}\.){3}\d{1,3}$", r"^[0-9a-f]{2}(:[0-9a-f]{2}){5}$", r"^#([0-9a-f]{3}){1,2}$"),
    *(r"^https?://[\w.-]+(/[\w./-]*)?$", r"^(www\.)?[\w-]+(\.[\w-]+)+$", r"^@\w{1,15}$"),
    *(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", r"^1Z[A-Z0-9]{16}$", r"^v?\d+(\.\d+)*$"),
    *(r"^(yes|no|maybe)$", r"^(EU|UK|APAC)$", r"\b(cancel|stop|quit)\b", r"(?i)^(ja|nein)$"),
    *(r"^(Mr|Mrs|Ms|Dr)\.? [A-Z]\w+$", r"^[A-Z][a-z]+( [A-Z][a-z]+)*$", r"^.{1,40}$"),
    *(r"^\s*\w+\s*$", r"^(?=.*\d)(?=.*[a-z]).{8,}$", r"^(?!000)\d{3}-\d{2}-\d{4}$"),
    *(r"^(\w+, )*\w+$", r"\d+\s*(?:kg|g|lb)", r'"([^"\\]|\\.)*"', r"^(a|b|c)*$", r"(ab|cd)+"),
    *(r"(\d+)\s+items?", r"^flight [A-Z]{2} ?\d{1,4}$", r"^[ABCDE]\d{1,2}([A-F])?$", r"(.*)"),
    *(r"(a+)+", r"(?>a+)+b", r"(a++)+b", r"^(a+)\1$", r"^(?:a?|b?)*c", r"^(ab?)+$", r".*x.*y.*"),
]

TEXTS = ["".join(each) for length in range(6) for each in product("ab ", repeat=length)]
PART = st.sampled_from(
    ["a", "b", "[ab]", "[^a]", ".", r"\w", r"\b", r"\B", r"\s", "ab", "(?:a|bb)"]
)
COUNT = st.sampled_from(["", "", "*", "+", "?", "{2}", "{1,2}"])


def counted(part: str, count: str) -> str:
    return part if part in (r"\b", r"\B", "ab") else part + count


BODY = st.lists(st.builds(counted, PART, COUNT), min_size=1, max_size=3).map("".join)
PATTERN = st.builds(
    "".join, st.tuples(st.sampled_from(["", "^"]), BODY, st.sampled_from(["", "$"]))
)
