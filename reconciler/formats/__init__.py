"""Our own JSON documents: values → text and text → values, side by side in one module each.

plan         `plan --format json`, and what `plan --out` saves
drift        `drift --format json`: the shape of a plan, and more
outcome      `apply --format json`
validation   `validate --format json`
failure      printed instead of any of them if there is no result
doctor       `doctor --format json`, which is never parsed
environments `environments --format json`, a matrix for workflows
rules        `rule --format json`, which is never parsed

printing     an object → JSON that is safe to print
reading      an object → a value, or an error that names the invalid key
changes      the parts that a plan and a drift share

It does no I/O. A document is parsed once, where it enters, into a value of the model. The keys and
the digests are a contract: every version reads what another one of the same major format version
has printed. So unknown keys are ignored, and types are not coerced.
"""
