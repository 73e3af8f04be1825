import type { Notice as Said } from "./state/state.ts";

/** What became of the last order. The region is always there: one that comes with its text is not read out. */
export function Notice({ notice, onClose }: { notice: Said | undefined; onClose(): void }) {
  return (
    <div class="notice" data-tone={notice?.tone ?? "none"}>
      <p role="status">{notice?.text}</p>
      {notice && (
        <button type="button" class="quiet" aria-label="Dismiss the message" onClick={onClose}>
          ×
        </button>
      )}
    </div>
  );
}
