import { type Clock, wait } from "@salesagent/ports";
import type { Fault } from "../fault.js";
import type { Reply } from "../reply.js";
import type { SandboxRequest } from "../sandbox-request.js";
import type { Sandbox } from "../server/start-sandbox.js";
import { type CallReport, makeCall } from "./call-report.js";
import { DRILL_LIMITS, type DrillLimits, type DrillRole } from "./drill-setup.js";
import type { DrillSession } from "./drill-subject.js";
import type { CallExpectation } from "./judge-call.js";
import { promptOf, Traffic } from "./traffic.js";

/** A call that was made, and what its caller could expect. */
export interface MadeCall {
  readonly report: CallReport;
  readonly expected: CallExpectation;
}

/** A fault, and the requests that it meets. */
export interface Spoil {
  readonly fault: Fault | readonly Fault[];
  /** @defaultValue every one, for ever */
  readonly times?: number;
  /** @defaultValue every request */
  readonly on?: (request: SandboxRequest) => boolean;
}

/** What each vendor answers when no fault meets the request. */
export type Replies = Record<DrillRole, Reply>;

/** What a stage is built from. */
export interface StageParts {
  readonly sandboxes: Readonly<Record<DrillRole, Sandbox>>;
  /** Read at each request, so that a scenario may change them. */
  readonly replies: Replies;
  readonly session: DrillSession;
  readonly clock: Clock;
  readonly patienceMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Where a scenario plays: two simulated vendors, and a subject that is called. */
export class DrillStage {
  readonly limits: DrillLimits = DRILL_LIMITS;
  readonly made: MadeCall[] = [];
  readonly #parts: StageParts;
  #calls = 0;

  constructor(parts: StageParts) {
    this.#parts = parts;
  }

  get traffic(): Traffic {
    const { primary, fallback } = this.#parts.sandboxes;
    return new Traffic({ primary: primary.requests, fallback: fallback.requests });
  }

  /** Changes what a vendor answers. */
  answer(role: DrillRole, reply: Reply): void {
    const { replies } = this.#parts;
    replies[role] = { ...replies[role], ...reply };
  }

  /** Adds a fault to a vendor. */
  spoil(role: DrillRole, { fault, times = Number.POSITIVE_INFINITY, on }: Spoil): void {
    this.#parts.sandboxes[role].addFault({ fault, times, ...(on === undefined ? {} : { on }) });
  }

  /** Makes a call and waits for its end. @throws The drill's own signal's reason. */
  async call(
    expected: CallExpectation,
    options: { readonly abortAfterMs?: number } = {},
  ): Promise<CallReport> {
    const { session, clock, patienceMs, signal } = this.#parts;
    signal?.throwIfAborted();
    this.#calls += 1;
    const index = this.#calls;
    const plan = { index, prompt: promptOf(index), patienceMs, signal, ...options };
    const report = await makeCall(session, plan, clock);
    signal?.throwIfAborted();
    this.made.push({ report, expected });
    return report;
  }

  /** Makes some calls at the same time. */
  together(count: number, expected: CallExpectation): Promise<readonly CallReport[]> {
    return Promise.all(Array.from({ length: count }, () => this.call(expected)));
  }

  wait(waitMs: number): Promise<void> {
    return wait(this.#parts.clock, waitMs, this.#parts.signal);
  }
}
