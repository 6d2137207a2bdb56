"""The dialect of the vendor guide, `cognigy-v1`.

Success rates are computed, never invented: a small NLU is trained on the slots (`nlu`), each
utterance of a corpus runs through the model that was serving when it arrived (`traffic`), and the
metrics route reports the result.

    tenant ──▶ access                    which client
       ├─────▶ store, slots, pages       what is stored, what is valid, and how it is listed
       └─────▶ bot ──▶ nlu ──▶ extraction ──▶ patterns
                │
                └────▶ traffic ──▶ corpus
"""
