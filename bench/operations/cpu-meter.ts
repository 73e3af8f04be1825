/** What the process spends in the rules, without the API that it answers itself. The checks of a simulated world count. */
export class CpuMeter {
  apiSeconds = 0;
  #startedAt = process.cpuUsage();

  /** Counts the work as the API's. */
  ofApi<T>(work: () => T): T {
    const before = process.cpuUsage();
    const result = work();
    this.apiSeconds += secondsSince(before);
    return result;
  }

  get ownSeconds(): number {
    return secondsSince(this.#startedAt) - this.apiSeconds;
  }
}

function secondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
