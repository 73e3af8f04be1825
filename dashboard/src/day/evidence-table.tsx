import type { Evidence } from "../../../src/contract/backfill.ts";
import { counted, instant, integer } from "../formatting.ts";
import { addsUp, countsOf } from "./open-day.ts";

/** What was fetched for a day, and into which count each row went. */
export function EvidenceTable({ evidence }: { evidence: Evidence }) {
  const { first_timestamp: first, last_timestamp: last } = evidence;
  const counts = countsOf(evidence).filter(({ name, rows }) => name === "written" || rows > 0);
  return (
    <>
      <h3>Evidence</h3>
      <table>
        <caption class="hint">
          {counted(evidence.points, "point")}, {counted(evidence.pages, "page")},{" "}
          {counted(evidence.requests, "request")}, {integer(evidence.retries)} retries
          {first !== null &&
            last !== null &&
            `; from ${instant(new Date(first).toISOString())} to ${instant(new Date(last).toISOString())}`}
        </caption>
        <tbody>
          {counts.map(({ name, rows }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="number">{integer(rows)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{addsUp(evidence) ? "fetched" : "fetched (does not add up)"}</th>
            <td class="number">{integer(evidence.fetched)}</td>
          </tr>
        </tfoot>
      </table>
    </>
  );
}
