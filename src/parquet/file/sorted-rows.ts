/**
 * Rows of one row group in the file's order, as columns: ascending in point, in a point ascending in
 * millisecond, no (point, millisecond) twice. Points are given as stretches, for a point's rows stand together.
 */
export interface SortedRows {
  /** Rows in use; `ms` and `value` may be longer. */
  readonly length: number;
  /** Milliseconds since the start of the day. */
  readonly ms: Int32Array;
  readonly value: Float64Array;
  /** Stretches in use; `point` and `pointEnd` may be longer. */
  readonly points: number;
  /** The point id of each stretch. */
  readonly point: Uint32Array;
  /** The row after the last of each stretch. */
  readonly pointEnd: Uint32Array;
}

/** Collects rows until they fill a row group. Its columns are reused: a sink must not keep them. */
export class RowGroupRows implements SortedRows {
  length = 0;
  points = 0;
  readonly ms: Int32Array;
  readonly value: Float64Array;
  readonly point: Uint32Array;
  readonly pointEnd: Uint32Array;

  constructor(rowGroupSize: number) {
    this.ms = new Int32Array(rowGroupSize);
    this.value = new Float64Array(rowGroupSize);
    this.point = new Uint32Array(rowGroupSize);
    this.pointEnd = new Uint32Array(rowGroupSize);
  }

  get full(): boolean {
    return this.length === this.ms.length;
  }

  push(point: number, ms: number, value: number): void {
    const row = this.length++;
    this.ms[row] = ms;
    this.value[row] = value;
    if (this.points === 0 || this.point[this.points - 1] !== point) this.point[this.points++] = point;
    this.pointEnd[this.points - 1] = row + 1;
  }

  clear(): void {
    this.length = 0;
    this.points = 0;
  }
}
