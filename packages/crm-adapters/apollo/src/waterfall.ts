import type { ServiceClient } from "@salesagent/core/http";
import { type CallOptions, type Clock, SalesAgentError, wait } from "@salesagent/ports";
import { acceptedEmail, type EmailPolicy } from "./email-policy.js";
import { e164 } from "./from-record.js";
import { known, numberOf, objectOf, rowsOf, textOf, type Wire } from "./wire.js";

/** What a waterfall brought of one person. */
export interface WaterfallPerson {
  /** Apollo's id of the person. */
  readonly id: string;
  /** In lower case; one that Apollo verified, or that the policy takes. */
  readonly email?: string;
  /** E.164. */
  readonly phones: readonly string[];
}

/** How a waterfall stands. `expired`: it is older than 30 days. `unknown`: Apollo has none of this id. */
export type WaterfallResult =
  | { readonly status: "pending"; readonly retryAfterMs: number }
  | { readonly status: "done"; readonly people: readonly WaterfallPerson[] }
  | { readonly status: "expired" | "unknown" };

/** How a waterfall is waited for. */
export interface WaterfallWait extends CallOptions {
  /** In milliseconds. @defaultValue 600,000 */
  readonly maxWaitMs?: number | undefined;
}

/** Between two looks where Apollo tells no wait, in milliseconds. */
const POLL_MS = 10_000;

/** What reading results stands on. */
export interface WaterfallMeans {
  readonly client: ServiceClient;
  readonly clock: Clock;
  readonly emails: EmailPolicy;
}

/** How a waterfall stands now. */
export async function waterfallResult(
  { client, emails }: WaterfallMeans,
  requestId: string,
  call?: CallOptions,
): Promise<WaterfallResult> {
  if (!/^-?\d{1,20}$/.test(requestId)) return { status: "unknown" };
  const answer = await client.get(`/webhook_result/${requestId}`, {
    ...call,
    group: "webhook_result",
    passStatuses: [404, 410],
  });
  const body = objectOf(answer.body());
  if (answer.status === 410) return { status: "expired" };
  if (answer.status === 404) {
    const seconds = numberOf(body["retry_after_seconds"]);
    const isPending = seconds !== undefined || answer.text().includes("result_pending");
    if (!isPending) return { status: "unknown" };
    return { status: "pending", retryAfterMs: Math.max(1, seconds ?? POLL_MS / 1000) * 1000 };
  }
  return {
    status: "done",
    people: rowsOf(objectOf(body["webhook_result"])["people"]).flatMap((one) => personOf(one, emails)),
  };
}

/**
 * Asks again until the result is there.
 *
 * @throws `call.wait_too_long` when it takes longer than allowed; the signal's reason.
 */
export async function awaitWaterfall(
  means: WaterfallMeans,
  requestId: string,
  { maxWaitMs = 600_000, signal }: WaterfallWait = {},
): Promise<Exclude<WaterfallResult, { status: "pending" }>> {
  const startedMs = means.clock.elapsed();
  for (;;) {
    const result = await waterfallResult(means, requestId, { signal });
    if (result.status !== "pending") return result;
    const waitMs = result.retryAfterMs;
    if (means.clock.elapsed() - startedMs + waitMs > maxWaitMs) {
      throw new SalesAgentError("call.wait_too_long", {
        message: `apollo: the result of ${requestId} is not there yet. Ask again later with waterfallResult; it is kept for 30 days.`,
        facts: { name: "apollo waterfall", waitMs, capMs: maxWaitMs },
        replay: "safe",
      });
    }
    await wait(means.clock, waitMs, signal);
  }
}

function personOf(wire: Wire, emails: EmailPolicy): readonly WaterfallPerson[] {
  const id = textOf(wire["id"]);
  if (id === undefined) return [];
  const [email] = rowsOf(wire["emails"]).flatMap(
    (one) =>
      acceptedEmail(textOf(one["email"]), textOf(one["status"]) ?? textOf(one["email_status"]), emails) ?? [],
  );
  const phones = rowsOf(wire["phone_numbers"]).flatMap(
    (one) => e164(textOf(one["sanitized_number"]) ?? textOf(one["raw_number"])) ?? [],
  );
  return [{ id, phones, ...known({ email }) }];
}

/** Apollo began a waterfall that nobody can ask for. */
export function noRequestId(): SalesAgentError {
  return new SalesAgentError("service.malformed_response", {
    message:
      "apollo: it took a waterfall without telling its request_id. Its result comes to the webhook only.",
    facts: { service: "apollo" },
    replay: "unsafe",
  });
}
