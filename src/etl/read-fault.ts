import type { FailedRequest, StatedPause } from "../fetch/fetch.ts";

/** Why a window was not read. */
export type ReadFault =
  | { readonly kind: "failed"; readonly failed: FailedRequest }
  | StatedPause
  /** A pause of the gate, which the state knows. */
  | { readonly kind: "throttled" }
  /** The samples don't fit into memory; with fewer windows at once they may. */
  | { readonly kind: "too-large"; readonly message: string };
