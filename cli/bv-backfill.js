#!/usr/bin/env node
// Plain JavaScript that any version of Node can read, so that an old one gets instructions instead of a syntax error.
const [major] = process.versions.node.split(".").map(Number);

if (major >= 24) {
  // Compiling the same code again would take half of the time to the first line.
  const { enableCompileCache } = await import("node:module");
  enableCompileCache();
  await import("./main.ts");
} else {
  console.error(`bv-backfill needs Node 24; this is ${process.version}.

Run it with npx in the checkout, which has its own Node 24:

  npm install
  npx bv-backfill ${process.argv.slice(2).join(" ") || "--help"}`);
  process.exitCode = 2;
}
