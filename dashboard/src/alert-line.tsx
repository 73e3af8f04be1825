import { instant } from "./formatting.ts";

interface AlertLineProps {
  readonly name: string;
  readonly site: string | null;
  readonly message: string;
  readonly since: string;
}

/** A condition that needs an operator. A screen reader reads it when it appears, not when a count in it changes. */
export function AlertLine({ name, site, message, since }: AlertLineProps) {
  return (
    <p>
      <strong role="alert">
        {name}
        {site && ` (${site})`}
      </strong>
      : {message} <span class="hint">since {instant(since)}</span>
    </p>
  );
}
