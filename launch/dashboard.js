// The build step of workers/wrangler-backfill.toml.
import { launch } from "./launch.js";

await launch("The dashboard", () => import("../dashboard/build.ts"));
