import type { ModelAbilities, ModelCallOptions, ModelRequest, ModelStream } from "@salesagent/ports";
import type { Expectation, Runner } from "../runner.js";
import type { FetchWrapper, LanguageModelSetup, ModelHarness, VendorHabits } from "./harness.js";
import { ASK } from "./requests.js";
import type { ModelScenario } from "./scenario.js";

const DEFAULT_PATIENCE_MS = 5_000;

/** What a running case works with. */
export class Bench {
  readonly harness: ModelHarness;
  readonly setup: LanguageModelSetup;
  readonly scenario: ModelScenario;
  readonly #runner: Runner;

  constructor(runner: Runner, setup: LanguageModelSetup, scenario: ModelScenario, harness: ModelHarness) {
    this.#runner = runner;
    this.setup = setup;
    this.scenario = scenario;
    this.harness = harness;
  }

  expect(actual: unknown, message?: string): Expectation {
    return this.#runner.expect(actual, message);
  }

  stream(call?: ModelCallOptions, request: ModelRequest = ASK): ModelStream {
    return this.harness.model.stream(request, call);
  }

  /** Waits for something that happens on the network. */
  async eventually(condition: () => boolean, what: string): Promise<void> {
    const untilMs = performance.now() + (this.setup.patienceMs ?? DEFAULT_PATIENCE_MS);
    while (!condition()) {
      if (performance.now() > untilMs) throw new Error(`waited in vain: ${what}`);
      await macrotask();
    }
  }

  /** Waits for a promise while the server's clock runs, one millisecond at a time. */
  async whileServerRuns<T>(promise: Promise<T>, what: string): Promise<T> {
    let settled = false;
    const note = () => {
      settled = true;
    };
    promise.then(note, note);
    await this.eventually(() => {
      if (!settled) this.harness.server.advance(1);
      return settled;
    }, what);
    return promise;
  }

  /** Nothing of a call stays: no connection, no timer. */
  async expectNothingLeft(): Promise<void> {
    const { clock, server } = this.harness;
    await this.eventually(() => server.openAnswers() === 0, "the connection closes");
    await this.eventually(() => clock.pendingTimers === 0, "the timers are cancelled");
  }

  /** Runs with a server and a model of their own, beside the case's. */
  async beside<T>(
    scenario: ModelScenario,
    run: (bench: Bench) => Promise<T>,
    wrap?: FetchWrapper,
  ): Promise<T> {
    const harness = await this.setup.open(scenario, wrap);
    try {
      return await run(new Bench(this.#runner, this.setup, scenario, harness));
    } finally {
      await harness.close();
    }
  }
}

/** One case of the suite. */
export interface ModelCase {
  /** What the model does, in the present tense. */
  readonly name: string;
  /** @defaultValue {@link GREETING} */
  readonly scenario?: ModelScenario;
  /** Why the case does not apply, where it does not. */
  readonly skip?: (abilities: ModelAbilities, habits: VendorHabits) => string | false;
  readonly run: (bench: Bench) => Promise<void>;
}

/** Lets timers, sockets and whatever else is due run. */
export function macrotask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

/** How a promise stands. */
export type Standing<T> =
  | { readonly state: "pending" }
  | { readonly state: "fulfilled"; readonly value: T }
  | { readonly state: "rejected"; readonly reason: unknown };

/** Far more than any sound chain of promises needs, and still the same turn of the event loop. */
const MICROTASKS_OF_A_TURN = 100;

/** How a promise stands at the end of this turn: microtasks run, timers and sockets do not. */
export async function standingAfterTurn<T>(promise: Promise<T>): Promise<Standing<T>> {
  let standing: Standing<T> = { state: "pending" };
  promise.then(
    (value) => {
      standing = { state: "fulfilled", value };
    },
    (reason: unknown) => {
      standing = { state: "rejected", reason };
    },
  );
  for (let turn = 0; turn < MICROTASKS_OF_A_TURN && standing.state === "pending"; turn++) await null;
  return standing;
}

/** What a promise rejects with. @throws Error when it does not reject. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("expected a rejection, got a value");
}
