import {
  type CRMProvider,
  type CrmHint,
  type CrmWebhookRequest,
  SalesAgentError,
  type TenantStorage,
} from "@salesagent/ports";
import { toBase64 } from "../../kernel/base64.js";
import { sha256 } from "../../kernel/sha256.js";

/** What receiving stands on. */
export interface WebhookMeans {
  readonly connection: string;
  readonly provider: CRMProvider;
  readonly storage: TenantStorage;
  readonly createId: () => string;
  /** The time, ISO 8601 in UTC. */
  readonly now: () => string;
}

/** A request that was taken in. */
export interface ReceivedWebhook {
  /** How many hints it holds. */
  readonly hints: number;
  /** It came before; nothing more is done for it. */
  readonly repeated: boolean;
}

/** A larger body is refused before anything else is done with it. */
const MAX_BODY_BYTES = 5 * 1024 * 1024;

/**
 * Takes a request to a connection's webhook in: checks who sent it, keeps it raw, and is done, so that the CRM has its answer at once.
 * A refusal is put on the audit trail.
 *
 * @throws `crm.webhook_refused`: answer with 401. `store.…`: answer with 503, and the CRM sends it again.
 */
export async function receiveWebhook(
  means: WebhookMeans,
  request: CrmWebhookRequest,
): Promise<ReceivedWebhook> {
  const hints = await verified(means, request);
  if (hints.length === 0) return { hints: 0, repeated: false };
  const isNew = await means.storage.inbox.put({
    ...{ id: means.createId(), source: means.connection, receivedAt: means.now() },
    key: await keyOf(hints),
    body: toBase64(request.rawBody),
    hints: hints.map((hint) => ({ ...hint })),
  });
  return { hints: hints.length, repeated: !isNew };
}

async function verified(means: WebhookMeans, request: CrmWebhookRequest): Promise<readonly CrmHint[]> {
  try {
    if (request.rawBody.length > MAX_BODY_BYTES) throw tooLarge(means);
    return await means.provider.verifyWebhook(request);
  } catch (error) {
    if (SalesAgentError.is(error, "crm.webhook_refused")) await audit(means, error.facts.problem);
    throw error;
  }
}

/** The same for a notification that comes twice, in whatever request: hints tell themselves apart. */
const keyOf = (hints: readonly CrmHint[]): Promise<string> =>
  sha256(JSON.stringify(hints.map(({ kind, id, action, key }) => [kind, id, action, key])));

async function audit({ connection, storage, createId, now }: WebhookMeans, problem: string): Promise<void> {
  await storage.audit.addMany([
    {
      ...{ id: createId(), at: now(), actor: "webhook", action: "webhook-refused" },
      ...{ subject: `connection:${connection}`, facts: { problem } },
    },
  ]);
}

function tooLarge({ provider }: WebhookMeans): SalesAgentError<"crm.webhook_refused"> {
  return new SalesAgentError("crm.webhook_refused", {
    message: `A webhook of ${provider.provider} has a body of more than ${MAX_BODY_BYTES} bytes; none of its requests has. It was not read.`,
    facts: { crm: provider.provider, problem: "too-large" },
    replay: "safe",
  });
}
