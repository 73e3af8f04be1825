/**
 * The rows of one row group as columns, in the file's order: ascending by point, within a point ascending by
 * millisecond, no (point, millisecond) twice. A point's rows follow one another, so each point is in `point` once.
 */
export class RowGroupRows {
  /** Rows in use; the arrays are longer. */
  length = 0;
  /** Milliseconds since the start of the day. */
  readonly ms: Int32Array;
  readonly value: Float64Array;
  /** Points that have rows. */
  points = 0;
  /** The rank of each point. */
  readonly point: Uint32Array;
  /** The index behind the last row of each point. */
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

  /** Appends a row, which must follow the last row in the file's order. */
  push(point: number, ms: number, value: number): void {
    this.ms[this.length] = ms;
    this.value[this.length] = value;
    this.extend(point, this.length + 1);
  }

  /** Appends the rows up to index `end`, whose `ms` and `value` are set, as rows of `point`. */
  extend(point: number, end: number): void {
    if (this.points === 0 || this.point[this.points - 1] !== point) this.point[this.points++] = point;
    this.pointEnd[this.points - 1] = end;
    this.length = end;
  }

  clear(): void {
    this.length = 0;
    this.points = 0;
  }
}
