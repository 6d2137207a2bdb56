"""Version 2 of the API: slot fillers of a flow, each changed field by field.

capabilities  what this version can do, as a value
wording       how it refuses, and what a user can do about it
tenant        the slot fillers of a project's flows, as a Tenant

reading       slot fillers, one by one
writing       their creation, change and deletion, each read back
doctor        an examination of the project
named         whether that has what the files name
rights        what the user of the API key may do
openapi       what the tenant says its API is

index         which slot is which filler, by the names and reference ids in the files
slot_ids      ids for fillers that no file describes
directory     flows, locales and playbooks by name
training      one task per locale, to its end
snapshots     one before an apply, if there is room for it
playbooks     runs, and the rate of asserts that passed
lexicons      which lexicon slots a flow can find
asserts       the result of a run, assert by assert
tasks         what the tenant does in the background
shapes        what its JSON means
listing       a list, page by page, or an error where it does not add up
calls         requests, with the right that each needs
"""
