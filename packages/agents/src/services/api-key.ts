import { SalesAgentError } from "@salesagent/ports";

/** A key, or a function that fetches one for each call, such as from a vault. */
export type ApiKey = string | (() => string | Promise<string>);

/**
 * The key for a call.
 *
 * @throws `service.auth` when it is blank, or holds characters that no header can.
 */
export async function resolveApiKey(service: string, apiKey: ApiKey): Promise<string> {
  const key = typeof apiKey === "function" ? await apiKey() : apiKey;
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new SalesAgentError("service.auth", {
    message: `The key for ${service} is empty, or has spaces, line ends or characters outside ASCII. Copy it again.`,
    facts: { service },
    replay: "safe",
  });
}
