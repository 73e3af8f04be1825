/** How a command of the terminal ends, as scripts see it. After a signal it is 128 and the signal's number. */
export const EXIT = {
  done: 0,
  /** It ran, and not all is as it should be: days failed, a check found something, a file is missing. */
  partial: 1,
  usage: 2,
  /** Nobody answers, or not in time. */
  unreachable: 3,
  /** The Worker answered, and said no. */
  refused: 4,
  /** A fault of the command itself, said with its stack. */
  fault: 70,
} as const;
