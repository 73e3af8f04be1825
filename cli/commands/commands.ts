import type { AddCommand } from "../cli.ts";
import { addCancel } from "./cancel-command.ts";
import { addDays } from "./days-command.ts";
import { addDoctor } from "./doctor-command.ts";
import { addErrors } from "./errors-command.ts";
import { addExport } from "./export-command.ts";
import { addPlan } from "./plan-command.ts";
import { addQuery } from "./query-command.ts";
import { addRetry } from "./retry-command.ts";
import { addStart } from "./start-command.ts";
import { addStatus } from "./status-command.ts";
import { addUp } from "./up-command.ts";
import { addVerify } from "./verify-command.ts";

/** Every command in the order of the help, which is the order of an operator's work. The door of this folder. */
export const COMMANDS: readonly AddCommand[] = [
  addUp,
  addPlan,
  addStart,
  addStatus,
  addCancel,
  addRetry,
  addDays,
  addErrors,
  addVerify,
  addQuery,
  addExport,
  addDoctor,
];
