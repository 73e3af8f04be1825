import type { Evidence } from "../../../src/contract/backfill.ts";
import { counted, instant, integer } from "../formatting.ts";
import { addsUp, countsOf } from "./open-day.ts";

interface EvidenceProps {
  readonly evidence: Evidence;
}

/** What was fetched for a day, and into which count each row went. */
export function EvidenceTable({ evidence }: EvidenceProps) {
  const { first_timestamp: first, last_timestamp: last } = evidence;
  const counts = countsOf(evidence).filter(({ name, rows }) => name === "written" || rows > 0);
  return (
    <>
      <h3>Evidence</h3>
      <table>
        <caption class="hint">
          {counted(evidence.points, "point")}, {counted(evidence.pages, "page")},{" "}
          {counted(evidence.requests, "request")}, {counted(evidence.retries, "retry", "retries")}
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
          {evidence.from_hot !== undefined && (
            <tr>
              <th scope="row">from hot storage</th>
              <td class="number">{integer(evidence.from_hot)}</td>
            </tr>
          )}
        </tfoot>
      </table>
      <Examples evidence={evidence} />
    </>
  );
}

/** Which rows are not in the file, by name: the first of each kind. */
function Examples({
  evidence: { rejected_examples: rejected = [], unconfigured_names: names = [] },
}: EvidenceProps) {
  return (
    <>
      {rejected.length > 0 && (
        <>
          <h4>Rejected rows</h4>
          <p class="hint">At most 20 points and reasons, each with one value as the API sent it.</p>
          <ul class="errors">
            {rejected.map(({ point_name, reason, value }) => (
              <li key={`${point_name} ${reason}`}>
                {point_name}: {reason} <code>{value}</code>
              </li>
            ))}
          </ul>
        </>
      )}
      {names.length > 0 && (
        <>
          <h4>Points that are not configured</h4>
          <p class="hint">At most 20 names.</p>
          <ul class="errors">
            {names.map((name) => (
              <li key={name}>{name}</li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
