"""Two environments under a seed: files that change, applies that fail or are cut off, edits in the
console, looks, and hours that pass.

    story    what happens, drawn from the seed
    oracle   what may be stored in production, from the files and staging's tenant and ledger
"""
