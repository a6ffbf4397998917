import type { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import type { Clock } from "@salesagent/ports";
import type { McpSession } from "./mcp-session.js";
import type { McpPrincipal } from "./served-tool.js";

/** A client over HTTP. */
export interface HttpSession {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly session: McpSession;
}

export interface SessionLimits {
  readonly idleMs: number;
  readonly maxSessions: number;
  readonly maxSessionsPerPrincipal: number;
}

interface KeptSession extends HttpSession {
  readonly owner: string;
  usedMs: number;
}

/** Sessions of one process, by their ids, the one that was used longest ago first. No timer: who comes looks. */
export class HttpSessions implements AsyncDisposable {
  readonly #kept = new Map<string, KeptSession>();
  readonly #limits: SessionLimits;
  readonly #clock: Clock;

  constructor(limits: SessionLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  keep(id: string, principal: McpPrincipal, session: HttpSession): void {
    this.#kept.set(id, { ...session, owner: ownerOf(principal), usedMs: this.#clock.elapsed() });
    void session.session.closed.then(() => this.forget(id));
  }

  forget(id: string): void {
    this.#kept.delete(id);
  }

  /** The session, where it is this principal's. */
  find(id: string, principal: McpPrincipal): HttpSession | undefined {
    const kept = this.#kept.get(id);
    if (!kept || kept.owner !== ownerOf(principal)) return undefined;
    kept.usedMs = this.#clock.elapsed();
    this.#kept.delete(id);
    this.#kept.set(id, kept);
    return kept;
  }

  /** @returns False when there is no room for another session of this principal. */
  async makeRoom(principal: McpPrincipal): Promise<boolean> {
    const { idleMs, maxSessions, maxSessionsPerPrincipal } = this.#limits;
    const owner = ownerOf(principal);
    const nowMs = this.#clock.elapsed();
    await this.#end((kept) => nowMs - kept.usedMs >= idleMs, Number.POSITIVE_INFINITY);
    const own = [...this.#kept.values()].filter((kept) => kept.owner === owner).length;
    await this.#end((kept) => kept.owner === owner, own - maxSessionsPerPrincipal + 1);
    await this.#end(() => true, this.#kept.size - maxSessions + 1);
    const left = [...this.#kept.values()].filter((kept) => kept.owner === owner).length;
    return left < maxSessionsPerPrincipal && this.#kept.size < maxSessions;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#kept.values()];
    this.#kept.clear();
    await Promise.all(all.map(({ session }) => session[Symbol.asyncDispose]()));
  }

  /** Ends sessions in which nothing runs, those used longest ago first. */
  async #end(fits: (kept: KeptSession) => boolean, most: number): Promise<void> {
    let left = most;
    for (const [id, kept] of [...this.#kept]) {
      if (left <= 0) return;
      if (kept.session.running > 0 || !fits(kept)) continue;
      this.#kept.delete(id);
      await kept.session[Symbol.asyncDispose]();
      left--;
    }
  }
}

const ownerOf = ({ tenant, id }: McpPrincipal): string => `${tenant}\n${id}`;
