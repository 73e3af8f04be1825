import type { SiteName } from "../../domain/site.ts";
import { END_BYTES_DEFAULT, END_BYTES_MARGIN, END_SITES_MAX } from "./limits.ts";

/** How much of a file's end to ask for so that its footer comes with one request, and little else. */
export class EndSizes {
  readonly #footerBytes = new Map<SiteName, number>();

  knows(site: SiteName): boolean {
    return this.#footerBytes.has(site);
  }

  guess(site: SiteName): number {
    const usual = this.#footerBytes.get(site);
    return usual === undefined ? END_BYTES_DEFAULT : Math.ceil(usual * END_BYTES_MARGIN);
  }

  /** `footerBytes` with what follows the footer. Rises at once, for too little costs a request; sinks slowly. */
  learn(site: SiteName, footerBytes: number): void {
    const usual = this.#footerBytes.get(site) ?? footerBytes;
    if (this.#footerBytes.size === END_SITES_MAX && !this.#footerBytes.has(site)) this.#footerBytes.clear();
    this.#footerBytes.set(site, Math.max(footerBytes, (usual * 3 + footerBytes) / 4));
  }
}
