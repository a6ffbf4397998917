import { type CrmWebhookRequest, type ErrorCode, SalesAgentError } from "@salesagent/ports";
import { z } from "zod";
import { bytesBody } from "../body.js";
import { problemReply } from "../problem-reply.js";
import { isReparsedBody, reparsedBodyError } from "../reparsed-body.js";
import { TextReply } from "../reply.js";
import { type PublicContext, publicRoute, type Route } from "../route.js";

const params = z.strictObject({
  tenant: z.string().min(1).max(1_000),
  connection: z.string().min(1).max(1_000),
});

type Context = PublicContext<z.output<typeof params>, unknown, Uint8Array>;

/** CRMs send what changed in many at once; none sends more than this. */
const MOST_BYTES = 5 * 1024 * 1024;

/** What a CRM shall send again. All else that goes wrong before the proof is told as no proof. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...(["store.unavailable", "store.closed", "service.unavailable", "service.rate_limited"] as const),
  ...(["breaker.open", "bulkhead.full", "call.timed_out"] as const),
]);

/** Where CRMs tell of changes. Whoever asks proves by a signature that it is the CRM. */
export const webhookRoutes: readonly Route[] = [
  publicRoute({
    ...{ method: "POST", path: "/webhooks/{tenant}/{connection}", tag: "webhooks" },
    summary: "Takes in what a CRM tells, once its signature proves that it is the CRM",
    params,
    query: z.looseObject({}),
    body: bytesBody([], { limitBytes: MOST_BYTES }),
    answer: { status: 204, description: "It is kept, and worked on soon." },
    handler: (context) => receive(context),
  }),
];

async function receive(context: Context): Promise<TextReply | undefined> {
  const { request, requestId, server } = context;
  if (isReparsedBody(request)) {
    const error = reparsedBodyError();
    server.onError(error, { requestId, route: "POST /webhooks/{tenant}/{connection}" });
    const told = problemReply(error, { requestId, errorDocs: server.errorDocs });
    // Of a mistake of the host's nothing is told but this one, which is met while the app is set up.
    const text = JSON.stringify({ ...told.problem, detail: error.message });
    return new TextReply(told.reply.status, text, Object.fromEntries(told.reply.headers));
  }
  try {
    await take(context);
    return undefined;
  } catch (error) {
    if (SalesAgentError.is(error) && PASSING.has(error.code)) throw error;
    if (!SalesAgentError.is(error, "crm.webhook_refused")) server.onError(error, { requestId });
    throw refused();
  }
}

async function take({
  params: { tenant, connection },
  body,
  request,
  sales,
  server,
}: Context): Promise<void> {
  const { sync } = sales;
  const isKnown = sync && isTenant(tenant) && sales.connections.includes(connection);
  if (!isKnown || !(await server.webhooks.accepts(tenant, connection))) {
    const at = new Date(server.clock.now()).toISOString();
    sales.events.emit("webhook-refused", { tenant, connection, at, problem: "no-connection", known: false });
    throw refused();
  }
  await sync.tenant(tenant).receiveWebhook(connection, {
    method: request.method,
    url: seenUrl(request.url, server.webhooks.origin),
    headers: Object.fromEntries(request.headers) as CrmWebhookRequest["headers"],
    rawBody: body,
  });
}

/** Signatures name the address that the CRM was told, which a proxy in between may have changed. */
function seenUrl(url: string, origin: string | undefined): string {
  if (origin === undefined) return url;
  const { pathname, search } = new URL(url);
  return origin + pathname + search;
}

const isTenant = (id: string): boolean => id.length <= 200 && !/\p{Cc}|\p{Surrogate}/u.test(id);

/** The same for a tenant or a connection that there is not and for a signature that is wrong: outsiders learn of neither. */
function refused(): SalesAgentError<"crm.webhook_refused"> {
  return new SalesAgentError("crm.webhook_refused", {
    message: "The request is not proved to come from the CRM of this address.",
    facts: { crm: "unknown", problem: "mismatch" },
    replay: "safe",
  });
}
