import {
  type HarnessFetch,
  type LanguageModelSetup,
  manualClock,
  PLANTED_KEY,
  type VendorHabits,
} from "@salesagent/conformance";
import type { Clock, LanguageModel } from "@salesagent/ports";
import { startSandbox, type Vendor } from "@salesagent/sandbox";

/** What a model under test is made with. */
export interface SandboxConnection {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly fetch: HarnessFetch;
  readonly clock: Clock;
}

/** What the sandbox must know to stand in for a vendor in the conformance suite. */
export interface SandboxSetup {
  readonly name: string;
  readonly vendor: Vendor;
  readonly habits?: VendorHabits;
  readonly knownGaps?: Readonly<Record<string, string>>;
  open(connection: SandboxConnection): LanguageModel;
}

/** Runs the conformance suite of a model against the sandbox. */
export function sandboxSetup({ vendor, open, ...setup }: SandboxSetup): LanguageModelSetup {
  return {
    ...setup,
    async open(scenario, wrap = (fetch) => fetch) {
      const clock = manualClock();
      const serverClock = manualClock();
      // Guessed from the request's length the count would differ between the two deliveries; a told cost of 0 is no cost.
      const usage = { inputTokens: 25, costUsd: 0.0001, ...scenario.usage };
      const sandbox = await startSandbox({ script: { ...scenario, usage }, clock: serverClock });
      const fetch = wrap((input, init) => globalThis.fetch(input, init));
      return {
        model: open({ baseUrl: sandbox.url(vendor), apiKey: PLANTED_KEY, fetch, clock }),
        clock,
        server: {
          requests: () => sandbox.requests.length,
          openAnswers: () => sandbox.connections().busy,
          advance: (ms) => serverClock.advance(ms),
        },
        close: () => sandbox.close(),
      };
    },
  };
}
