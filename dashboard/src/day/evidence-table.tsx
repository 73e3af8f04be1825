import type { Evidence } from "../../../src/contract/backfill.ts";
import { instant, whole } from "../progress/figures.ts";
import { addsUp, rowsOf } from "./open-day.ts";

/** What was fetched, and what became of every row. */
export function EvidenceTable({ of }: { of: Evidence }) {
  const shown = rowsOf(of).filter(({ name, rows }) => name === "written" || rows > 0);
  return (
    <>
      <h3>Evidence</h3>
      <table>
        <caption class="hint">
          {whole(of.points)} points, {whole(of.pages)} pages, {whole(of.requests)} requests,{" "}
          {whole(of.retries)} retries
          {of.first_timestamp !== null &&
            of.last_timestamp !== null &&
            `; from ${instant(new Date(of.first_timestamp).toISOString())} to ${instant(new Date(of.last_timestamp).toISOString())}`}
        </caption>
        <tbody>
          {shown.map(({ name, rows }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="number">{whole(rows)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{addsUp(of) ? "fetched" : "fetched (does not add up)"}</th>
            <td class="number">{whole(of.fetched)}</td>
          </tr>
        </tfoot>
      </table>
    </>
  );
}
