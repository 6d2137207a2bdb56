"""Edits of patterns as people make them: before, after, and the author's examples."""

from __future__ import annotations

from typing import NamedTuple


class Edit(NamedTuple):
    """The patterns of a slot before and after, what its author says it takes, and its strategy."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    examples: tuple[str, ...] = ()
    strategy: str = "bestMatch"


def _edit(before: str, after: str, *examples: str) -> Edit:
    return Edit((before,), (after,), examples)


EDITS = [
    _edit(r"^[A-Z]{2}-\d{4,6}$", r"^[A-Z]{2}-?\d{4,6}$", "AB-1234"),
    Edit((r"^[A-Z]{2}-\d{4,6}$", r"^ORD-\d{5}$"), (r"^[A-Z]{2}-?\d{4,6}$",), ("ORD-12345",)),
    _edit(r"^ORD-\d{5}$", r"^(ORD|PO)-\d{5}$", "ORD-12345"),
    _edit(r"^ORD-\d{5}$", r"^ORD-\d{5,8}$", "ORD-12345"),
    _edit(r"ORD-\d{5}", r"^ORD-\d{5}$", "ORD-12345"),
    _edit(r"\bORD-\d{5}\b", r"ORD-\d{5}", "ORD-12345"),
    _edit(r"^\d{5}$", r"^\d{5}(-\d{4})?$", "12345"),
    _edit(r"^\d{5}(-\d{4})?$", r"^\d{5}([- ]\d{4})?$", "12345-6789"),
    _edit(r"^\d{4}$", r"^[0-9]{4}$"),
    _edit(r"^\d\d\d\d$", r"^\d{4}$"),
    _edit(r"^[A-Za-z0-9_]+$", r"^\w+$", "anna_1"),
    _edit(r"^(yes|no)$", r"^(yes|no|maybe)$", "yes"),
    _edit(r"^(yes|no)$", r"^(?:no|yes)$", "yes"),
    _edit(r"^(EU|UK|APAC)$", r"^(EU|UK|APAC|US)?$", "EU"),
    _edit(r"^\d{4}-\d{2}-\d{2}$", r"^\d{4}-(0[1-9]|1[0-2])-\d{2}$", "2026-03-14"),
    _edit(r"^\d{4}-\d\d-\d\d$", r"^\d{4}[-/]\d\d[-/]\d\d$", "2026-03-14"),
    _edit(r"^\d{1,2}[./-]\d{1,2}[./-]\d{4}$", r"^\d{1,2}\.\d{1,2}\.\d{4}$", "1.2.2026"),
    _edit(r"^(0?[1-9]|1[0-2])/\d{4}$", r"^(0[1-9]|1[0-2])/\d{4}$", "03/2026"),
    _edit(r"^([01]?\d|2[0-3]):[0-5]\d$", r"^([01]\d|2[0-3]):[0-5]\d$", "09:30"),
    _edit(r"^\d+ (day|week)s?$", r"^\d+ (day|week|month)s?$", "3 days"),
    _edit(r"^(0|\+?254)?7\d{8}$", r"^(0|\+?254)1\d{8}$", "0712345678"),
    _edit(r"^\+\d{2} \d{2,4} \d{6,8}$", r"^\+\d{1,3} ?\d{2,4} ?\d{6,8}$", "+49 30 123456"),
    _edit(r"^0\d{2,4}[ /-]\d{6,8}$", r"^0\d{2,4}[ -]\d{6,8}$", "030 1234567"),
    _edit(r"^\(?\d{3}\)?[ -]?\d{3}[ -]?\d{4}$", r"^\d{3}[ -]?\d{3}[ -]?\d{4}$", "555-123-4567"),
    _edit(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", r"^[\w.+-]+@[\w-]+\.[a-z]{2,10}$", "anna@webmail.example"),
    _edit(r"^[\w.]+@[\w-]+\.[a-z]{2,4}$", r"^[\w.]+@([\w-]+\.)+[a-z]{2,4}$", "anna@webmail.com"),
    _edit(r"^DE\d{20}$", r"^[A-Z]{2}\d{20}$", "DE12345678901234567890"),
    _edit(r"^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$", r"^[A-Z]{2}\d{2}[A-Z0-9]{15,30}$"),
    _edit(r"^4\d{12}(\d{3})?$", r"^[45]\d{12}(\d{3})?$", "4111111111111111"),
    _edit(r"^(\d{4}[ -]?){3}\d{4}$", r"^(\d{4} ?){3}\d{4}$", "4111 1111 1111 1111"),
    _edit(r"^[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}$", r"^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$", "W1A 1AA"),
    _edit(r"^-?\d+(\.\d+)?$", r"^\d+([.,]\d+)?$", "12.5"),
    _edit(r"^\d+ ?(EUR|USD)$", r"^\d+([.,]\d\d)? ?(EUR|USD)$", "12 EUR"),
    _edit(r"\d+\s*(?:kg|g)", r"\d+\s*(?:kg|g|lb)", "12 kg"),
    _edit(r"^#([0-9a-f]{3}){1,2}$", r"^#[0-9a-f]{6}$", "#ffffff"),
    _edit(r"^#?\d{6,}$", r"^#?\d{5,}$", "#123456"),
    _edit(r"^v?\d+(\.\d+)*$", r"^v?\d+(\.\d+){0,2}$", "v1.2.3"),
    _edit(r"^https?://[\w.-]+$", r"^https?://[\w.-]+(/[\w./-]*)?$", "https://a.example"),
    _edit(r"^1Z[A-Z0-9]{16}$", r"^1Z[A-Z0-9]{8}[0-9]{8}$", "1ZABCDEFGH12345678"),
    _edit(r"^(Mr|Mrs|Ms)\.? [A-Z]\w+$", r"^(Mr|Mrs|Ms|Dr)\.? [A-Z]\w+$", "Mr. Berg"),
    _edit(r"^[A-Z][a-z]+ [A-Z][a-z]+$", r"^[A-Z][a-z]+( [A-Z][a-z]+)*$", "Anna Berg"),
    _edit(r"^(?=.*\d)(?=.*[a-z]).{8,}$", r"^(?=.*\d)(?=.*[A-Z]).{8,}$"),
    _edit(r"^(?!000)\d{3}-\d{2}-\d{4}$", r"^\d{3}-\d{2}-\d{4}$", "123-45-6789"),
    _edit(r"\b(cancel|stop)\b", r"\b(cancel|stop|quit)\b", "stop"),
    _edit(r"(?i)^(ja|nein)$", r"^(ja|nein)$", "ja"),
    _edit(r"^RMA ?\d{7}$", r"^RMA[ -]?\d{7}$", "RMA 1234567"),
    _edit(r"^[a-z]+(-[a-z]+)*$", r"^[a-z]+([-_][a-z]+)*$", "ab-cd"),
    _edit(r"^flight [A-Z]{2} ?\d{1,4}$", r"^(flight )?[A-Z]{2} ?\d{1,4}$", "flight LH 400"),
    _edit(r"\d{4}", r"\d{4,6}", "1234"),
    _edit(r"^.{1,40}$", r"^.{1,60}$"),
    _edit(r"^(a+)\1$", r"^(a+)-\1$"),
    _edit(r"^\s*\w+\s*$", r"^\w+$", "anna"),
    Edit((r"^\d{4}$", r"\d+"), (r"\d+", r"^\d{4}$"), ("1234",), "firstMatch"),
    Edit((r"ab?", "abc"), ("abc", r"ab?"), (), "firstMatch"),
    Edit((r"\d{4}",), (r"\d{4,5}",), ("1234",), "strict"),
    Edit(("^order$",), ("^orders?$",), ("order",), "fuzzy"),
    Edit((r"^[A-Z]+$", r"^\d+$"), (r"^[A-Z]+$", r"^\d+$", r"^[A-Z]+\d+$"), ("AB", "12")),
    Edit((r"^[A-Z]+$", r"^\d+$", r"^X\d$"), (r"^[A-Z]+$", r"^\d+$"), ("AB", "12")),
]
