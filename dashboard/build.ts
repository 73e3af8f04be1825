/**
 * `npm run dashboard`, and the build step of the Backfill Worker: builds the dashboard into `workers/assets`, unless what
 * is there was built from the same files. Ends with an error when it can't be built, so that no deployment is without it.
 */
import { createHash } from "node:crypto";
import { globSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { INPUTS } from "./build-inputs.ts";

const ROOT = join(import.meta.dirname, "..");
const BUILT = join(ROOT, "workers/assets/dashboard");

/** A hash of the content of all inputs. File times would be wrong after a checkout or a copy. */
function inputsHash(): string {
  const hash = createHash("sha256");
  for (const file of globSync(INPUTS, { cwd: ROOT, exclude: ["**/*.test.ts"] }).sort()) {
    hash.update(`${file}\0`).update(readFileSync(join(ROOT, file)));
  }
  return hash.digest("hex").slice(0, 16);
}

function isBuiltFrom(hash: string): boolean {
  try {
    return readFileSync(join(BUILT, "index.html"), "utf8").includes(metaTag(hash));
  } catch {
    return false;
  }
}

const metaTag = (hash: string) => `<meta name="inputs" content="${hash}">`;

async function build(hash: string): Promise<void> {
  // Loaded only here: an unchanged dashboard must not delay the start of a Worker.
  const [vite, { default: config }] = await Promise.all([import("vite"), import("./vite.config.ts")]);
  // Several Workers may start at once. Each builds into its own folder, which becomes the dashboard as a whole.
  const outDir = join(ROOT, `workers/.dashboard-${process.pid}`);
  try {
    await vite.build({
      ...config,
      configFile: false,
      root: import.meta.dirname,
      logLevel: "warn",
      plugins: [
        {
          name: "inputs",
          transformIndexHtml: (page) => page.replace("</head>", `  ${metaTag(hash)}\n  </head>`),
        },
      ],
      build: { ...config.build, outDir },
    });
    rmSync(BUILT, { recursive: true, force: true });
    renameSync(outDir, BUILT);
  } catch (error) {
    rmSync(outDir, { recursive: true, force: true });
    if (!isBuiltFrom(hash)) throw error;
  }
}

const hash = inputsHash();
if (!isBuiltFrom(hash)) {
  await build(hash).catch((cause: unknown) => {
    console.error(`The dashboard can't be built: ${cause instanceof Error ? cause.message : String(cause)}`);
    console.error("If packages are missing, run: npm install");
    process.exitCode = 1;
  });
}
