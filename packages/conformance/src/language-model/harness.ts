import type { LanguageModel } from "@salesagent/ports";
import type { ManualClock } from "../manual-clock.js";
import type { ModelScenario } from "./scenario.js";

/** The API key that the model under test must be made with; the suite searches for it where it must not appear. */
export const PLANTED_KEY = "sk-planted-9f3b1c7e5d2a4860";

/** A `fetch` that hosts may inject. */
export type HarnessFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** Goes around a `fetch`, to see what passes. */
export type FetchWrapper = (fetch: HarnessFetch) => HarnessFetch;

/** A server that answers every request with one scenario. */
export interface ScenarioServer {
  /** Requests received so far. */
  requests(): number;
  /** Connections on which a request is waiting for an answer, or an answer for its end. */
  openAnswers(): number;
  /** Moves the server's own clock. */
  advance(ms: number): void;
}

/** What one case gets: a fresh server, and a fresh model that talks to it. */
export interface ModelHarness {
  readonly model: LanguageModel;
  /** The clock that the model was made with. */
  readonly clock: ManualClock;
  readonly server: ScenarioServer;
  close(): Promise<void>;
}

/** What the vendor tells, which no profile knows. */
export interface VendorHabits {
  /** Answers carry a request id. @defaultValue true */
  readonly requestId?: boolean;
  /** Has a finish reason for filtered content. @defaultValue true */
  readonly contentFilter?: boolean;
  /** Tool arguments come as text, so they can be broken JSON. @defaultValue true */
  readonly argumentsText?: boolean;
  /** The format has room for keep-alives. @defaultValue true */
  readonly keepAlives?: boolean;
}

/** What the suite is told of the model under test. */
export interface LanguageModelSetup {
  /** Shown in the suite's title, such as `cerebras`. */
  readonly name: string;
  readonly habits?: VendorHabits;
  /**
   * Opens a fresh server that answers with the scenario, and a model that talks to it with {@link PLANTED_KEY}.
   *
   * @param wrap - Goes around the `fetch` that the model is made with, where given.
   */
  open(scenario: ModelScenario, wrap?: FetchWrapper): Promise<ModelHarness>;
  /**
   * Cases that are known to fail, by name, with the reason. A case that passes all the same fails the suite, so that the
   * list can't grow stale.
   */
  readonly knownGaps?: Readonly<Record<string, string>>;
  /** How long a case waits for what happens on the network, in milliseconds. @defaultValue 5_000 */
  readonly patienceMs?: number;
}
