import type { Asked } from "./asked.js";
import { type Reply, TextReply } from "./reply.js";
import type { Cors } from "./server-options.js";

const ALLOWED_HEADERS = "authorization, content-type, last-event-id, x-request-id";
const EXPOSED_HEADERS = "x-request-id, retry-after, x-vercel-ai-ui-message-stream, location";

/** Lets pages of known other origins read an answer. Without `cors` no page may, and the answer says nothing of it. */
export function allowOrigin(request: Asked, headers: Reply["headers"], cors: Cors | undefined): void {
  if (!cors) return;
  const vary = headers.get("vary");
  headers.set("vary", vary ? `${vary}, origin` : "origin");
  const origin = request.headers.get("origin");
  if (origin === null || !cors.origins.has(origin)) return;
  headers.set("access-control-allow-origin", origin);
  headers.set("access-control-expose-headers", EXPOSED_HEADERS);
  if (cors.credentials) headers.set("access-control-allow-credentials", "true");
}

/** Answers a browser that asks whether it may ask. @returns Nothing where the request is no such question, or CORS is off. */
export function preflight(
  request: Asked,
  methods: readonly string[],
  cors: Cors | undefined,
): TextReply | undefined {
  const asked = request.headers.has("access-control-request-method") && request.headers.has("origin");
  if (!cors || request.method !== "OPTIONS" || !asked || methods.length === 0) return undefined;
  const reply = new TextReply(204, null);
  const { headers } = reply;
  allowOrigin(request, headers, cors);
  if (headers.has("access-control-allow-origin")) {
    headers.set("access-control-allow-methods", methods.join(", "));
    headers.set("access-control-allow-headers", ALLOWED_HEADERS);
    headers.set("access-control-max-age", String(cors.maxAgeSeconds));
  }
  return reply;
}
