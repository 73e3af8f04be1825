/** The range of a CSV export and how much of it is written; stored beside the part until the CSV is complete. */
export interface CsvProgress {
  readonly from: string;
  readonly to: string;
  readonly sites: readonly string[];
  /** The Query Worker's address, because another Worker may have another archive. */
  readonly source: string;
  /** The number of complete files, in order of day, then of site. */
  readonly filesDone: number;
  /** The size of the CSV with exactly these files. */
  readonly bytes: number;
  readonly missing: readonly string[];
}

/** How an export names a day that is not archived. */
export const missingDay = (day: string, site: string) => `${day} of ${site}`;

/** Whether both exports have the same files. */
export function sameExport(a: CsvProgress, b: CsvProgress): boolean {
  const rangeOf = ({ from, to, sites, source }: CsvProgress) => JSON.stringify([from, to, sites, source]);
  return rangeOf(a) === rangeOf(b);
}
