import { addRebuild, addVerify } from "../audits/audits.ts";
import type { AddCommand } from "../cli.ts";
import { addDue } from "../due/due.ts";
import { addRollups } from "../rollups/rollups.ts";
import { addSync } from "../sync/sync.ts";
import { addCancel } from "./cancel-command.ts";
import { addDays } from "./days-command.ts";
import { addDoctor } from "./doctor-command.ts";
import { addErrors } from "./errors-command.ts";
import { addExport } from "./export-command.ts";
import { addPlan } from "./plan-command.ts";
import { addPoints } from "./points-command.ts";
import { addQuery } from "./query-command.ts";
import { addRetry } from "./retry-command.ts";
import { addSites } from "./sites-command.ts";
import { addStart } from "./start-command.ts";
import { addStatus } from "./status-command.ts";
import { addUp } from "./up-command.ts";

/** Every command in the order of the help, which is the order of an operator's work. The door of this folder. */
export const COMMANDS: readonly AddCommand[] = [
  addUp,
  addPlan,
  addStart,
  addStatus,
  addCancel,
  addRetry,
  addSites,
  addDays,
  addErrors,
  addVerify,
  addRebuild,
  addRollups,
  addDue,
  addSync,
  addPoints,
  addQuery,
  addExport,
  addDoctor,
];
