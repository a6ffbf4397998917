import {
  type CRMProvider,
  type CrmHint,
  type CrmWebhookRequest,
  SalesAgentError,
  type TenantStorage,
} from "@salesagent/ports";
import { toBase64 } from "../../kernel/base64.js";
import { sha256 } from "../../kernel/sha256.js";
import type { ProviderCache } from "./provider-cache.js";
import type { WebhookRefusals } from "./webhook-refusals.js";

/** What receiving stands on. */
export interface WebhookMeans {
  readonly tenant: string;
  readonly connection: string;
  readonly providers: Pick<ProviderCache, "of" | "ofUnproved">;
  readonly refusals: Pick<WebhookRefusals, "add">;
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
 * Refusals are told to `refusals`.
 *
 * @throws `crm.webhook_refused`: answer with 401. `store.…`: answer with 503, and the CRM sends it again.
 */
export async function receiveWebhook(
  means: WebhookMeans,
  request: CrmWebhookRequest,
): Promise<ReceivedWebhook> {
  const hints = await verified(means, request);
  if (hints.length === 0) return { hints: 0, repeated: false };
  // Now that it is proved, one adapter is this tenant's.
  await means.providers.of(means.tenant);
  const isNew = await means.storage.inbox.put({
    ...{ id: means.createId(), source: means.connection, receivedAt: means.now() },
    key: await keyOf(hints),
    body: toBase64(request.rawBody),
    hints: hints.map((hint) => ({ ...hint })),
  });
  return { hints: hints.length, repeated: !isNew };
}

async function verified(means: WebhookMeans, request: CrmWebhookRequest): Promise<readonly CrmHint[]> {
  const { tenant, connection, providers, refusals } = means;
  try {
    const provider = await providers.ofUnproved(tenant);
    if (!provider) throw ofAnother(connection);
    if (request.rawBody.length > MAX_BODY_BYTES) throw tooLarge(provider);
    return await provider.verifyWebhook(request);
  } catch (error) {
    if (SalesAgentError.is(error, "crm.webhook_refused")) {
      await refusals.add({ tenant, connection, problem: error.facts.problem });
    }
    throw error;
  }
}

/** The same for a notification that comes twice, in whatever request: hints tell themselves apart. */
const keyOf = (hints: readonly CrmHint[]): Promise<string> =>
  sha256(JSON.stringify(hints.map(({ kind, id, action, key }) => [kind, id, action, key])));

function ofAnother(connection: string): SalesAgentError<"crm.webhook_refused"> {
  return new SalesAgentError("crm.webhook_refused", {
    message: `The CRM connection ${JSON.stringify(connection)} was given one adapter, which serves another tenant here. Its signature was not checked.`,
    facts: { crm: "unknown", problem: "mismatch" },
    replay: "safe",
  });
}

function tooLarge({ provider: crm }: CRMProvider): SalesAgentError<"crm.webhook_refused"> {
  return new SalesAgentError("crm.webhook_refused", {
    message: `A webhook of ${crm} has a body of more than ${MAX_BODY_BYTES} bytes; none of its requests has. It was not read.`,
    facts: { crm, problem: "too-large" },
    replay: "safe",
  });
}
