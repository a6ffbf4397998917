import type { JsonObject } from "@salesagent/ports";
import type { Vendor } from "../dialect.js";
import type { SandboxBehaviour } from "../server/sandbox-core.js";
import { createSandboxFetch } from "../server/sandbox-fetch.js";

/** Posts to one vendor of a sandbox without sockets, with a key where that vendor looks for it. */
export async function postJson(
  vendor: Vendor,
  path: string,
  body: JsonObject,
  {
    headers = {},
    ...behaviour
  }: SandboxBehaviour & { readonly headers?: Readonly<Record<string, string>> } = {},
) {
  const sandbox = createSandboxFetch(behaviour);
  const response = await sandbox.fetch(sandbox.url(vendor) + path, {
    method: "POST",
    headers: {
      authorization: "Bearer sk-test-1234567890",
      "anthropic-version": "2026-10-21",
      "content-type": "application/json",
      ...headers,
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { sandbox, status: response.status, headers: response.headers, text };
}
