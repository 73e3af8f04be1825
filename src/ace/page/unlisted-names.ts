import { POINT_NAMES_BYTES_MAX, POINTS_MAX } from "../../domain/limits.ts";
import { readPointName } from "../../domain/point-name.ts";
import { protocolFault } from "../faults.ts";

/** Memory of a name in a map and a list, beside its characters. */
const BYTES_A_NAME = 60;

/** Gives ids to the points of a run that are not configured: from the number of configured points on, as they come. */
export class UnlistedNames {
  private readonly firstId: number;
  private readonly ids = new Map<string, number>();
  private nameBytes = 0;

  constructor(firstId: number) {
    this.firstId = firstId;
  }

  /** The id of a name; undefined for a name that a file can't hold. Throws `VendorFault` "protocol" for too many names. */
  idOf(name: string): number | undefined {
    const known = this.ids.get(name);
    if (known !== undefined) return known;
    const read = readPointName(name);
    if (read.kind === "unusable") return undefined;
    const id = this.firstId + this.ids.size;
    if (id >= POINTS_MAX || this.nameBytes + read.bytes > POINT_NAMES_BYTES_MAX) {
      throw protocolFault("the site sends samples of too many points", { points: id + 1 });
    }
    this.nameBytes += read.bytes;
    this.ids.set(name, id);
    return id;
  }

  /** The names in the order of their ids. */
  get names(): string[] {
    return [...this.ids.keys()];
  }

  get count(): number {
    return this.ids.size;
  }

  get memoryBytes(): number {
    return this.nameBytes + this.ids.size * BYTES_A_NAME;
  }
}
