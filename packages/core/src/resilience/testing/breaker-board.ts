import type { BreakerRecord, BreakerStore, Clock } from "@salesagent/ports";

/** A breaker store in memory that can be sent away, and that counts what it is asked. */
export class BreakerBoard implements BreakerStore {
  readonly port = "breaker-store/1";
  /** `down`: fails at once. `hung`: never answers, whatever its signal says. */
  mood: "up" | "down" | "hung" = "up";
  reads = 0;
  readonly records = new Map<string, BreakerRecord>();
  readonly #probes = new Map<string, { readonly owner: string; readonly until: string }>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async put(record: BreakerRecord): Promise<void> {
    await this.#answer();
    const stands = this.records.get(record.name);
    if (!stands || stands.changedAt <= record.changedAt) this.records.set(record.name, record);
  }

  async list(names: readonly string[]): Promise<readonly BreakerRecord[]> {
    this.reads += 1;
    await this.#answer();
    return names.flatMap((name) => this.records.get(name) ?? []);
  }

  async claimProbe(name: string, owner: string, until: string): Promise<boolean> {
    await this.#answer();
    const held = this.#probes.get(name);
    if (held && held.owner !== owner && Date.parse(held.until) > this.#clock.now()) return false;
    this.#probes.set(name, { owner, until });
    return true;
  }

  async releaseProbe(name: string, owner: string): Promise<void> {
    await this.#answer();
    if (this.#probes.get(name)?.owner === owner) this.#probes.delete(name);
  }

  #answer(): Promise<void> {
    if (this.mood === "hung") return new Promise(() => {});
    return this.mood === "up" ? Promise.resolve() : Promise.reject(new Error("the store is away"));
  }
}
