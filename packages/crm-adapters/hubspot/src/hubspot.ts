import type { ServiceAuth } from "@salesagent/core/http";
import type { CRMProvider } from "@salesagent/ports";
import { FieldMap } from "./field-map.js";
import { hubspotClient } from "./hubspot-http.js";
import { type HubspotAuth, type HubspotOptions, resolveHubspot } from "./hubspot-options.js";
import { hubspotPaths } from "./hubspot-paths.js";
import { HubspotProvider } from "./hubspot-provider.js";
import { ObjectCalls } from "./object-calls.js";

/**
 * HubSpot as a CRM: contacts, companies, deals, and notes, tasks, calls, e-mails and meetings as activities.
 *
 * Nothing is asked before the first call. The ids of activities have their type in front, such as `note-512`.
 *
 * @throws TypeError or RangeError naming the option that makes no sense.
 * @see https://developers.hubspot.com/docs/api-reference
 */
export function hubspot(auth: HubspotAuth, options: HubspotOptions = {}): CRMProvider {
  const resolved = resolveHubspot(options);
  const client = hubspotClient(resolved, serviceAuth(auth));
  const calls = new ObjectCalls(client, hubspotPaths(resolved.version), new FieldMap(resolved));
  const journal =
    resolved.journal && hubspotClient(resolved, { type: "oauth", tokens: resolved.journal.oauth });
  return new HubspotProvider(calls, resolved, journal);
}

function serviceAuth(auth: HubspotAuth): ServiceAuth {
  if (auth?.token !== undefined && auth.token !== "") return { type: "bearer", token: auth.token };
  if (auth?.oauth !== undefined) return { type: "oauth", tokens: auth.oauth };
  throw new TypeError("hubspot takes a token or oauth");
}
