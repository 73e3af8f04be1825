/** Who is told of alerts, over HTTP. May be slow, away, or hear the same twice; it follows no redirect. */
export interface AlertReceiver {
  /**
   * One try; answers with the status of the reply. `key` is the same in every try of one notice, and tells it from all
   * others. Throws where no reply came; what it throws quotes no address.
   */
  deliver(body: string, key: string, signal: AbortSignal): Promise<number>;
}
