import { type ClientOptions, readOptions } from "./client-options.js";
import { createConnection, type RequestParts } from "./connection.js";
import { type FigureRoutes, figureRoutes } from "./figure-routes.js";
import { type LeadRoutes, leadRoutes } from "./lead-routes.js";
import { type AgentRoutes, agentRoutes, type RunRoutes, runRoutes } from "./run-routes.js";
import { type StreamRoutes, streamRoutes } from "./stream-routes.js";
import { type SyncRoutes, syncRoutes } from "./sync-routes.js";

/** The routes of a mounted server. Every method rejects with a `ClientError`, or with the reason of the signal that it was given. */
export interface SalesClient extends FigureRoutes {
  readonly leads: LeadRoutes;
  readonly agents: AgentRoutes;
  readonly runs: RunRoutes["runs"];
  readonly approvals: RunRoutes["approvals"];
  readonly streams: StreamRoutes;
  readonly sync: SyncRoutes;
  /**
   * Any other route, such as `request("POST", "/keys", { json: { name, role } })`: see the server's `/openapi.json`.
   *
   * @param path - Below the server's prefix; escape what comes from elsewhere.
   * @returns The answer's JSON; of which type, nobody checks.
   */
  request<Answer>(method: string, path: string, parts?: RequestParts): Promise<Answer>;
}

/**
 * A client of a server that is mounted somewhere. Nothing is sent before a method is called.
 *
 * @throws TypeError naming the option that is wrong.
 */
export function createClient(options: ClientOptions): SalesClient {
  const connection = createConnection(readOptions(options));
  const streams = streamRoutes(connection);
  return {
    leads: leadRoutes(connection),
    agents: agentRoutes(connection, streams),
    ...runRoutes(connection),
    streams,
    sync: syncRoutes(connection),
    ...figureRoutes(connection),
    request: connection.ask,
  };
}
