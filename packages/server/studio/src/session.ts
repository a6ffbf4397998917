import { ClientError } from "@salesagent/client";

/** Who looks at the page, as the server knows them. */
export interface Session {
  readonly id: string;
  readonly name?: string;
  readonly role: string;
  readonly permissions: readonly string[];
  /** The agent that qualifies leads. */
  readonly qualifier?: string;
}

/** An API key, kept while the page is open; or, if it is wished for, until the tab is closed. */
export class ApiKey {
  static readonly #name = "salesagent.studio.key";
  #key = ApiKey.#stored();

  get headers(): Readonly<Record<string, string>> {
    return this.#key === undefined ? {} : { authorization: `Bearer ${this.#key}` };
  }

  get isGiven(): boolean {
    return this.#key !== undefined;
  }

  give(key: string, keep: boolean): void {
    this.#key = key;
    if (keep) sessionStorage.setItem(ApiKey.#name, key);
    else sessionStorage.removeItem(ApiKey.#name);
  }

  forget(): void {
    this.#key = undefined;
    sessionStorage.removeItem(ApiKey.#name);
  }

  static #stored(): string | undefined {
    return sessionStorage.getItem(ApiKey.#name) ?? undefined;
  }
}

/** @throws ClientError, `access.unauthenticated` where nobody is known. */
export async function readSession(url: string, headers: Readonly<Record<string, string>>): Promise<Session> {
  const response = await fetch(`${url}/studio/session`, { headers }).catch((cause: unknown) => {
    throw new ClientError({ code: "client.unreachable", detail: "The app can't be reached." }, cause);
  });
  const body = (await response.json().catch(() => ({}))) as Session & {
    readonly code?: string;
    readonly detail?: string;
    readonly instance?: string;
  };
  if (response.ok) return body;
  const { code = "client.refused", detail = `The server answered ${response.status}.`, instance } = body;
  throw new ClientError({
    code,
    detail,
    status: response.status,
    ...(instance !== undefined && { instance }),
  });
}
