import type { Secret } from "@salesagent/core/http";
import { type CrmWebhookRequest, SalesAgentError } from "@salesagent/ports";
import type { HubspotWebhookOptions } from "./hubspot-options.js";
import { verifySignature } from "./verify-signature.js";

const TOLERANCE_MS = 300_000;
const MAX_BYTES = 1024 * 1024;

/** @throws SalesAgentError `crm.webhook_refused` unless a request is HubSpot's own. */
export async function verifyRequest(
  request: CrmWebhookRequest,
  options: HubspotWebhookOptions,
  nowMs: number,
): Promise<void> {
  const { signatures = ["v3"], toleranceMs = TOLERANCE_MS, maxBytes = MAX_BYTES } = options;
  if (request.rawBody.byteLength > maxBytes) {
    throw new SalesAgentError("crm.webhook_refused", {
      message: `hubspot: a request to the webhook is refused: its body is larger than ${maxBytes} bytes.`,
      facts: { crm: "hubspot", problem: "too-large" },
      replay: "safe",
    });
  }
  const given = isList(options.secret) ? options.secret : [options.secret];
  const secrets = await Promise.all(
    given.map(async (secret) => (typeof secret === "string" ? secret : secret())),
  );
  if (secrets.length === 0 || secrets.some((secret) => secret === "")) {
    throw new TypeError("hubspot.webhook.secret must be the app's client secret; it is empty");
  }
  await verifySignature(request, { secrets, signatures, toleranceMs, nowMs });
}

const isList = (secret: HubspotWebhookOptions["secret"]): secret is readonly Secret[] =>
  Array.isArray(secret);
