import type { ObjectKey } from "../domain/layout.ts";
import type { ObjectFile, ObjectFiles } from "../ports/object-files.ts";
import { headOf } from "./r2-archive.ts";

/** Objects on R2, as streams: none is held. */
export class R2Files implements ObjectFiles {
  readonly #bucket: R2Bucket;

  constructor(bucket: R2Bucket) {
    this.#bucket = bucket;
  }

  async open(key: ObjectKey): Promise<ObjectFile | undefined> {
    const object = await this.#bucket.get(key);
    return object ? { head: headOf(object), body: object.body } : undefined;
  }
}
