r"""JavaScript's regular expressions, without flags.

    /body/flags ── literal ──> body ── parsing ──> tree ──┬── foreign ──> what others read otherwise
                                                          ├── translation ──> a pattern for `regex`
                                                          └── (the analyses of this layer)
                               body ── engine ──> the verdict of a real engine, if it is installed
                               body ── matching ──> what it extracts from a text

The law of this package: what it reports is what a JavaScript engine does, with or without the
optional engine. Where that is not known, it says so and does not guess.
"""
