import type { Principal } from "@salesagent/core/access";
import { limited } from "./rate-limit.js";

/** When another try may make sense, in milliseconds: connections end when their readers leave. */
const RETRY_AFTER_MS = 5_000;

/** Connections that stay open, counted for each principal. */
export class Connections {
  readonly #most: number;
  readonly #open = new Map<string, number>();
  #total = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** All that are open now. */
  get total(): number {
    return this.#total;
  }

  /**
   * Counts one more.
   *
   * @returns Ends it; after that it does nothing.
   * @throws `access.limited`.
   */
  open({ tenant, id }: Pick<Principal, "tenant" | "id">): () => void {
    const name = JSON.stringify([tenant, id]);
    const open = this.#open.get(name) ?? 0;
    if (open >= this.#most) throw limited(this.#most, RETRY_AFTER_MS);
    this.#open.set(name, open + 1);
    this.#total += 1;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#total -= 1;
      const left = (this.#open.get(name) ?? 1) - 1;
      if (left > 0) this.#open.set(name, left);
      else this.#open.delete(name);
    };
  }
}
