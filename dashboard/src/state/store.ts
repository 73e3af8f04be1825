import type { Action } from "./reduce.ts";
import { reduce } from "./reduce.ts";
import type { State } from "./state.ts";

export interface Store {
  readonly state: State;
  dispatch(action: Action): void;
}

/** The one place where the state is. `changed` is called after every action. */
export function openStore(initial: State, changed: () => void): Store {
  let state = initial;
  return {
    get state() {
      return state;
    },
    dispatch(action) {
      state = reduce(state, action);
      changed();
    },
  };
}
