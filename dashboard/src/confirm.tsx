import { useLayoutEffect, useRef } from "preact/hooks";

interface ConfirmProps {
  readonly title: string;
  readonly text: string;
  /** The button that confirms. */
  readonly yes: string;
  readonly no: string;
  onAnswer(confirmed: boolean): void;
}

/** Asks for confirmation before an action. The browser's own dialog keeps the focus inside and gives it back. */
export function Confirm({ title, text, yes, no, onAnswer }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const answer = (confirmed: boolean) => {
    dialog.current?.close();
    onAnswer(confirmed);
  };
  return (
    <dialog
      ref={dialog}
      aria-labelledby="confirm-title"
      onCancel={(event) => {
        // The dialog must be closed before it is removed; otherwise the focus is not given back.
        event.preventDefault();
        answer(false);
      }}
    >
      <h2 id="confirm-title">{title}</h2>
      <p>{text}</p>
      <div class="buttons">
        <button type="button" class="quiet" onClick={() => answer(false)}>
          {no}
        </button>
        <button type="button" class="danger" onClick={() => answer(true)}>
          {yes}
        </button>
      </div>
    </dialog>
  );
}
