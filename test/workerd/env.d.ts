import type { Env as BackfillEnv } from "../../src/cloudflare/env.ts";

declare global {
  namespace Cloudflare {
    interface Env extends BackfillEnv {
      readonly D1: D1Database;
    }
  }
}
