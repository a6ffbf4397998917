import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { Egress } from "@salesagent/agents/tools";
import { checkUrl, guardedFetch, type McpHeaders } from "./guarded-fetch.js";

/** The largest message of a server that is read, in bytes. */
const MAX_MESSAGE_BYTES = 10_000_000;

/** Where a server is: one of `url`, `command` and `transport`. */
export interface McpServerAddress {
  /** Of a server that speaks streamable HTTP. https; private addresses only with `allowPrivate`. */
  readonly url?: string | URL | undefined;
  /** For `url`: headers of yours, such as `authorization`; a function is asked for each request. */
  readonly headers?: McpHeaders | undefined;
  /** For `url`: lets it be http, and a private address such as one of your own network. @defaultValue false */
  readonly allowPrivate?: boolean | undefined;
  /** For `url`: how requests leave. @defaultValue `nodeEgress()`, which checks each address that a name stands for */
  readonly egress?: Egress | undefined;
  /** A program that speaks MCP over its standard input and output. It is started here, and ended on close. */
  readonly command?: string | undefined;
  readonly args?: readonly string[] | undefined;
  /** Variables that the program gets besides `PATH`, `HOME` and the like. Nothing else of your environment reaches it. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
  /** A transport of your own; a function makes one for each connection, so that a lost one can be replaced. */
  readonly transport?: Transport | (() => Transport | Promise<Transport>) | undefined;
}

/**
 * What opens the transport of each connection. The SDK's transports are loaded when one is opened.
 *
 * @throws TypeError naming the option; `http.blocked` for a URL that is not allowed.
 */
export function transportOpener(address: McpServerAddress): () => Promise<Transport> {
  const { url, command, transport } = address;
  const given = [url, command, transport].filter((way) => way !== undefined);
  if (given.length !== 1) throw new TypeError("mcpTools needs one of url, command and transport");
  if (url !== undefined) return httpOpener(url, address);
  if (command !== undefined) return () => openCommand(command, address);
  return ownOpener(transport);
}

function httpOpener(given: string | URL, address: McpServerAddress): () => Promise<Transport> {
  if (!URL.canParse(String(given)))
    throw new TypeError(`mcpTools.url must be an absolute URL, got "${given}"`);
  const url = new URL(given);
  const { allowPrivate = false, egress, headers = {} } = address;
  checkUrl(url, allowPrivate);
  return async () => {
    const { StreamableHTTPClientTransport } = await import(
      "@modelcontextprotocol/sdk/client/streamableHttp.js"
    );
    const rules = { egress, allowPrivate, headers, maxMessageBytes: MAX_MESSAGE_BYTES };
    const onTooLarge = () => void transport.close();
    const transport = new StreamableHTTPClientTransport(url, {
      fetch: guardedFetch({ ...rules, onTooLarge }),
    });
    return transport;
  };
}

async function openCommand(
  command: string,
  { args = [], env = {}, cwd }: McpServerAddress,
): Promise<Transport> {
  const { StdioClientTransport } = await import("@modelcontextprotocol/sdk/client/stdio.js");
  return new StdioClientTransport({
    ...{ command, args: [...args], env: { ...env }, stderr: "ignore", maxBufferSize: MAX_MESSAGE_BYTES },
    ...(cwd === undefined ? {} : { cwd }),
  });
}

function ownOpener(transport: McpServerAddress["transport"]): () => Promise<Transport> {
  if (typeof transport === "function") return async () => transport();
  let unused = transport;
  return async () => {
    const one = unused;
    unused = undefined;
    if (one) return one;
    throw new TypeError("this transport was used already; give a function that makes one to connect again");
  };
}
