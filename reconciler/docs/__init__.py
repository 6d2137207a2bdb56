"""The reference, one Markdown page per topic; `reconciler docs` shows them."""
