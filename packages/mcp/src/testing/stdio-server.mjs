// A server of the official SDK over the standard streams; `node stdio-server.mjs`.
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";

const server = new Server({ name: "stdio", version: "1" }, { capabilities: { tools: {} } });
const inputSchema = { type: "object" };
server.setRequestHandler(ListToolsRequestSchema, () => ({
  tools: ["environment", "die"].map((name) => ({ name, inputSchema, annotations: { readOnlyHint: true } })),
}));
server.setRequestHandler(CallToolRequestSchema, ({ params }) => {
  if (params.name === "die") process.exit(1);
  return { content: [], structuredContent: { names: Object.keys(process.env), pid: process.pid } };
});
await server.connect(new StdioServerTransport());
