import type { ApprovalOption, Gate } from "@salesagent/core/effects";
import type { AnyTool, ToolContext, ToolEffect } from "@salesagent/core/tools";
import {
  type CallOptions,
  type Clock,
  type JsonObject,
  type JsonValue,
  SalesAgentError,
  systemClock,
  untilAborted,
} from "@salesagent/ports";
import { type ChosenTools, chooseTools, type ToolChoice } from "./choose-tools.js";
import { McpConnection } from "./mcp-connection.js";
import { readFailure } from "./mcp-failure.js";
import { describeTool, type McpToolRules, toTool } from "./mcp-tool.js";
import { type McpServerAddress, transportOpener } from "./open-transport.js";
import { readAnswer } from "./read-result.js";
import { checkPrefix } from "./safe-name.js";
import type { McpToolDefinition, McpToolProblem } from "./tool-definition.js";
import { listServerTools, type ServerTools } from "./tool-list.js";

export interface McpToolsOptions extends McpServerAddress {
  /** What you call the server: the prefix of its tools' names, and the server in errors. @defaultValue "mcp" */
  readonly name?: string | undefined;
  /** The tools that are taken, by the server's own names. @defaultValue all */
  readonly allow?: readonly string[] | undefined;
  /** Tools that are not taken. @defaultValue none */
  readonly deny?: readonly string[] | undefined;
  /**
   * Whether what the server says of itself is believed: that a tool only reads, and that a call which it answers with an error was
   * not carried out. @defaultValue false: each tool writes
   */
  readonly trusted?: boolean | undefined;
  /** What a tool does, in your words; wins over what the server says. */
  readonly effect?: ((tool: McpToolDefinition) => ToolEffect | undefined) | undefined;
  /** Of tools that write: whether a person has to allow each call. @defaultValue true */
  readonly approval?: ApprovalOption<JsonObject> | false | undefined;
  /** Of tools that write: asked before each call. @defaultValue none */
  readonly gates?: readonly Gate[] | undefined;
  /** What a model is told of a tool. @defaultValue the server's description, marked as its own */
  readonly describe?: ((tool: McpToolDefinition) => string) | undefined;
  /** How long a call may take, in milliseconds. @defaultValue 30_000 */
  readonly timeoutMs?: number | undefined;
  /** How long connecting and listing may take, in milliseconds. @defaultValue 15_000 */
  readonly connectTimeoutMs?: number | undefined;
  /** As much of an answer as a model is given, in characters. @defaultValue 50_000 */
  readonly maxResultChars?: number | undefined;
  /**
   * Told when the list may have changed: the server says so, or a lost connection was replaced. Tools that did change are refused
   * until `list` is called.
   */
  readonly onListChanged?: (() => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
}

/** The tools of an MCP server, for as long as it is not closed. */
export interface McpTools extends AsyncDisposable {
  /** As they were listed last. */
  readonly tools: readonly AnyTool[];
  /** What could not be taken, and why. */
  readonly problems: readonly McpToolProblem[];
  /** Lists again: what changed since is taken as it is now. @returns The tools, for agents that are made from now on. */
  list(call?: CallOptions): Promise<readonly AnyTool[]>;
}

/**
 * Connects to an MCP server and makes tools of what it offers. What they bring is marked as words of others; what may write runs
 * through the effect ledger, by default with a person's approval. A connection that is lost is opened again by the next call.
 *
 * @throws TypeError or RangeError naming the option; `service.unavailable`, `service.auth`, `http.blocked`.
 */
export async function mcpTools(options: McpToolsOptions): Promise<McpTools> {
  const set = new ServerToolSet(options);
  try {
    await set.list({ signal: options.signal });
    return set;
  } catch (error) {
    await set[Symbol.asyncDispose]();
    throw error;
  }
}

class ServerToolSet implements McpTools {
  readonly #options: McpToolsOptions;
  readonly #server: string;
  readonly #connection: McpConnection;
  readonly #choice: ToolChoice;
  readonly #rules: McpToolRules;
  #chosen: ChosenTools = { tools: [], problems: [], fingerprints: new Map() };
  /** What the server offers, as it said last; nothing while it may have changed. */
  #offered: Promise<ServerTools> | undefined;

  constructor(options: McpToolsOptions) {
    const { name = "mcp", allow, deny = [], clock = systemClock } = options;
    this.#options = options;
    this.#server = checkPrefix(name);
    this.#choice = { prefix: name, allow, deny };
    this.#rules = this.#resolveRules();
    this.#connection = new McpConnection({
      server: name,
      open: transportOpener(options),
      connectTimeoutMs: positive("connectTimeoutMs", options.connectTimeoutMs ?? 15_000),
      clock,
      onUncertain: () => {
        this.#offered = undefined;
        options.onListChanged?.();
      },
    });
  }

  get tools(): readonly AnyTool[] {
    return this.#chosen.tools;
  }

  get problems(): readonly McpToolProblem[] {
    return this.#chosen.problems;
  }

  async list({ signal = new AbortController().signal }: CallOptions = {}): Promise<readonly AnyTool[]> {
    this.#offered = undefined;
    const offered = await this.#askForTools(signal);
    this.#chosen = chooseTools(offered, this.#choice, (definition, name) =>
      toTool(definition, name, this.#rules),
    );
    return this.#chosen.tools;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#connection[Symbol.asyncDispose]();
  }

  #resolveRules(): McpToolRules {
    const { trusted = false, effect, approval = true, gates, describe } = this.#options;
    return {
      server: this.#server,
      effectOf: (tool) => effect?.(tool) ?? (trusted && tool.hints.readOnly ? "read" : "write"),
      describe: (tool) => describe?.(tool) ?? describeTool(this.#server, tool),
      writes: { gates, ...(approval === false ? {} : { approval }) },
      timeoutMs: positive("timeoutMs", this.#options.timeoutMs ?? 30_000),
      maxResultChars: positive("maxResultChars", this.#options.maxResultChars ?? 50_000),
      call: (tool, input, context, does) => this.#call(tool, input, context, does),
    };
  }

  /** One list for all who ask meanwhile. */
  async #askForTools(signal: AbortSignal): Promise<ServerTools> {
    const { request } = await this.#connection.connected(signal);
    this.#offered ??= this.#limited((limit) => listServerTools(request, limit));
    const asked = this.#offered;
    try {
      return await untilAborted(asked, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (this.#offered === asked) this.#offered = undefined;
      const failure = readFailure(this.#server, error, "safe");
      throw failure.kind === "error" ? failure.error : noList(this.#server, error);
    }
  }

  async #limited<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { clock = systemClock, connectTimeoutMs = 15_000 } = this.#options;
    const limit = new AbortController();
    const timer = clock.schedule(connectTimeoutMs, () => limit.abort(noList(this.#server)));
    try {
      return await ask(limit.signal);
    } catch (error) {
      throw limit.signal.aborted ? limit.signal.reason : error;
    } finally {
      timer.cancel();
    }
  }

  async #call(tool: string, input: JsonObject, context: ToolContext, effect: ToolEffect): Promise<JsonValue> {
    const { signal } = context;
    for (let again = false; ; again = true) {
      const connected = await this.#connection.connected(signal);
      await this.#refuseChanged(tool, context);
      try {
        const result = await connected.request("tools/call", { name: tool, arguments: input }, signal);
        const { output, failed } = readAnswer(result, this.#rules.maxResultChars);
        if (!failed || this.#believes(effect)) return output;
        throw unknownEnd(this.#server, tool);
      } catch (error) {
        signal.throwIfAborted();
        const failure = readFailure(this.#server, error, effect === "write" ? "unsafe" : "safe");
        if (failure.kind === "forgotten-session" && !again) {
          await this.#connection.leave(connected);
          continue;
        }
        if (failure.kind === "answer" && (failure.nothingDone || this.#believes(effect))) {
          return { failed: true, said: failure.said };
        }
        throw failure.kind === "error" ? failure.error : unknownEnd(this.#server, tool, error);
      }
    }
  }

  /** An answer that says "failed" tells that nothing was done only where the server is believed, or nothing could be. */
  #believes(effect: ToolEffect): boolean {
    return effect !== "write" || this.#options.trusted === true;
  }

  /** @throws `tool.changed` when the tool is not what the host has seen of it. */
  async #refuseChanged(tool: string, { signal, callId }: ToolContext): Promise<void> {
    const { definitions } = await this.#askForTools(signal);
    const now = definitions.get(tool)?.fingerprint;
    if (now !== undefined && now === this.#chosen.fingerprints.get(tool)) return;
    throw new SalesAgentError("tool.changed", {
      message: `The MCP server "${this.#server}" ${now === undefined ? "no longer has" : "has changed"} the tool "${tool}". It is not called until its tools are listed again.`,
      facts: { tool, callId },
      replay: "safe",
    });
  }
}

function noList(server: string, cause?: unknown): SalesAgentError {
  return new SalesAgentError("service.unavailable", {
    message: `The MCP server "${server}" does not tell its tools.`,
    facts: { service: `mcp:${server}` },
    replay: "safe",
    cause,
  });
}

/** A server that is not believed says that a call failed: what it did is anybody's guess. */
function unknownEnd(server: string, tool: string, cause?: unknown): SalesAgentError {
  return new SalesAgentError("service.unavailable", {
    message: `The MCP server "${server}" answered that "${tool}" failed; whether it did something is not known.`,
    facts: { service: `mcp:${server}` },
    replay: "unsafe",
    cause,
  });
}

function positive(option: string, value: number): number {
  if (value > 0) return value;
  throw new RangeError(`mcpTools.${option} must be > 0, got ${value}`);
}
