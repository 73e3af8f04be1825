interface WorkerUrlProps {
  readonly id: string;
  /** The Worker, as in "URL of the Query Worker". */
  readonly worker: string;
  readonly placeholder: string;
  readonly value: string | undefined;
}

/** The field `url` of a form: the address of another Worker. */
export function WorkerUrl({ id, worker, placeholder, value }: WorkerUrlProps) {
  return (
    <>
      <label for={id}>URL of the {worker}</label>
      <input
        id={id}
        name="url"
        type="url"
        required
        placeholder={placeholder}
        pattern="https://.+|http://(localhost|127\.0\.0\.1)(:\d+)?/?"
        title="https, or http on this machine"
        defaultValue={value}
      />
    </>
  );
}

/** The origin of the form's Worker. */
export const workerOrigin = (fields: FormData) => new URL(String(fields.get("url"))).origin;
