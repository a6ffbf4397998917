import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import type { McpServer } from "../server/create-mcp-server.js";
import type { McpPrincipal } from "../server/served-tool.js";

const ADA: McpPrincipal = { tenant: "acme", id: "user:ada" };

/** The official client, connected in this process. */
export async function connectClient<Principal extends McpPrincipal = McpPrincipal>(
  server: McpServer<Principal>,
  principal = ADA as Principal,
) {
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await server.connect(theirs, principal);
  const client = new Client({ name: "test", version: "1" });
  await client.connect(ours);
  const call = async (name: string, input: Record<string, unknown>, options = {}) =>
    (await client.callTool({ name, arguments: input }, undefined, options)) as CallToolResult;
  return { client, call };
}
