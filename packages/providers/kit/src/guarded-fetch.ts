import { failureOfResponse } from "./response-check.js";

/** The `fetch` that hosts may inject. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** What a vendor SDK's own `fetch` may send besides what the adapter set. */
const SDK_HEADERS = new Set([
  "accept",
  "authorization",
  "content-type",
  "user-agent",
  "anthropic-version",
  "anthropic-beta",
  "x-api-key",
]);

/**
 * A `fetch` for a vendor's SDK. It drops every header that neither the SDK needs nor the adapter set, since SDKs add some
 * from the environment (`OPENAI_CUSTOM_HEADERS`, organisation ids) and would send them to other vendors; and it reads
 * error bodies itself, since SDKs lose those that are not in their own vendor's format.
 *
 * @param ownHeaders - Names of the headers that the adapter sets, in lower case.
 * @param sdkHeaders - Names of the headers that are the SDK's own; by default those of both SDKs.
 * @throws WireFailure for a status that is not a success.
 */
export function guardedFetch(
  fetch: Fetch,
  ownHeaders: ReadonlySet<string>,
  sdkHeaders: ReadonlySet<string> = SDK_HEADERS,
): Fetch {
  return async (input, init) => {
    const headers = new Headers();
    new Headers(init?.headers).forEach((value, name) => {
      if (sdkHeaders.has(name) || ownHeaders.has(name)) headers.set(name, value);
    });
    const response = await fetch(input, { ...init, headers });
    if (response.ok) return response;
    throw await failureOfResponse(response);
  };
}
