import { type Clock, SalesAgentError } from "@salesagent/ports";
import type { Asked } from "./asked.js";
import { type ClientAddressOptions, clientOf } from "./client-address.js";
import { MinuteCounts } from "./minute-counts.js";
import { isRefusal } from "./problem.js";
import { limited } from "./rate-limit.js";

/** How often requests of nobody may be refused in a minute, counted by the address that they come from, in this process. */
export class StrangerLimit {
  readonly #counts: MinuteCounts;
  readonly #perMinute: number;
  readonly #address: ClientAddressOptions;
  readonly #onError: (error: unknown) => void;

  constructor(
    clock: Clock,
    perMinute: number,
    options: { readonly address: ClientAddressOptions; readonly onError: (error: unknown) => void },
  ) {
    this.#counts = new MinuteCounts(clock);
    this.#perMinute = perMinute;
    this.#address = options.address;
    this.#onError = options.onError;
  }

  /** Why nothing more is done for a request before it is known whose it is; nothing where it may go on. */
  refusal(request: Asked): SalesAgentError<"access.limited"> | undefined {
    if (this.#counts.size === 0) return undefined;
    const client = this.#clientOf(request);
    const count = client === undefined ? undefined : this.#counts.find(client);
    if (!count || count.used < this.#perMinute) return undefined;
    return limited(this.#perMinute, this.#counts.leftMs(count));
  }

  /** Counts what was refused of nobody; failures that are none of the caller's are not. */
  note(request: Asked, error: unknown): void {
    if (!isRefusal(error) || SalesAgentError.is(error, "access.limited")) return;
    const client = this.#clientOf(request);
    if (client !== undefined) this.#counts.open(client).used += 1;
  }

  #clientOf(request: Asked): string | undefined {
    try {
      return clientOf(request, this.#address);
    } catch (error) {
      this.#onError(error);
      return undefined;
    }
  }
}
