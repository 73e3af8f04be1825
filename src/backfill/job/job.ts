/** The job: what the Coordinator wants of its sites, how requests change it, and the status that it has. */
export * from "./decide-job.ts";
export * from "./job-types.ts";
export * from "./status.ts";
