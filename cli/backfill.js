#!/usr/bin/env node
// Plain JavaScript that any Node can read, so that one that is too old for the rest hears what to do.
const [major] = process.versions.node.split(".").map(Number);

if (major >= 24) {
  // Half of the time to the first line would go by reading the same code anew.
  const { enableCompileCache } = await import("node:module");
  enableCompileCache();
  await import("./main.ts");
} else {
  console.error(`backfill needs Node 24; this is ${process.version}.

Run it through npx inside the checkout, which brings its own Node:

  npm install
  npx backfill ${process.argv.slice(2).join(" ") || "--help"}`);
  process.exitCode = 2;
}
