import { manualClock } from "@salesagent/conformance";
import { SalesAgentError } from "@salesagent/ports";
import { type ActContext, defineEffect, type Effect } from "../effect.js";
import { createEffects } from "../effects.js";
import type { Gate } from "../gate.js";
import { type Tap, tappedStorage } from "./tapped-storage.js";

export interface Mail {
  readonly to: string;
  readonly body: string;
}

export const ada: Mail = { to: "ada@figma.com", body: "Hello Ada." };

/** A ledger in memory, a mail to send, and what came of it. */
export function mailWorld(
  overrides: Partial<Effect<Mail, { id: string }>> = {},
  gates: readonly Gate[] = [],
) {
  const clock = manualClock();
  const { storage, connect } = tappedStorage(clock);
  const sent: Mail[] = [];
  const mail = defineEffect<Mail, { id: string }>({
    name: "email_send",
    target: ({ to }) => to.trim().toLowerCase(),
    act: (input) => ({ id: `m${sent.push(input)}` }),
    ...overrides,
  });
  const ledger = (tap?: Tap) => createEffects({ storage: connect(tap), clock, gates, leaseMs: 60_000 });
  const stores = storage.tenant("acme");
  const record = async () => (await stores.effects.list()).items[0];
  const audit = async () => (await stores.audit.list()).items.map(({ action, facts }) => ({ action, facts }));
  return { clock, sent, mail, ledger, effects: ledger(), stores, record, audit, storage };
}

/** A call for the mail. */
export const call = (input: Mail = ada, step = "send") => ({ tenant: "acme", runId: "r1", step, input });

/** An act that is held: it has begun, and ends when it is released. */
export function held() {
  let release = () => {};
  let begin = (_signal: AbortSignal) => {};
  const begun = new Promise<AbortSignal>((resolve) => {
    begin = resolve;
  });
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  const act = (_: Mail, { signal }: ActContext) => {
    begin(signal);
    return until.then(() => ({ id: "m1" }));
  };
  return { act, begun, release };
}

/** An error of the mail's service. */
export function refusal(replay: "safe" | "unsafe") {
  return new SalesAgentError("service.rate_limited", {
    message: "Try later.",
    facts: { service: "smtp" },
    replay,
  });
}

/** Lets everything that can go on do so. */
export const flushed = () => new Promise<void>((resolve) => setImmediate(resolve));
