"""Our own JSON documents: values → text, and back to values, each document in one module.

plan         `plan --format json`, and what `plan --out` saves
drift        `drift --format json`: the shape of a plan, and more
outcome      `apply --format json`
validation   `validate --format json`
failure      what takes the place of any of them when there is no result
rules        `rule --format json`, which nobody reads back

printing     an object → JSON that is safe to show
reading      an object → a value, or an error that names the place
changes      the parts that a plan and a drift share

It does no I/O. A document is parsed once, where it enters, and is a value of the model from there
on. The keys and the digests are a contract: what one version has printed, the others of the same
major format version read. So keys that are not known are ignored, and types are not coerced.
"""
