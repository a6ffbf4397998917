import type { SeededIds } from "../shared/seeded-ids.js";
import type { WorldClock } from "../shared/world-clock.js";

/** What the token endpoint gives. */
export interface CloseTokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly token_type: "Bearer";
  readonly expires_in: number;
  readonly scope: string;
  readonly organization_id: string;
  readonly user_id: string;
}

/** The app that is registered with Close. */
export interface CloseOAuthApp {
  readonly clientId: string;
  readonly clientSecret: string;
}

const LIFE_SECONDS = 3600;

/** Tokens of an organisation: a refresh gives a new pair, and the old refresh token is dead. */
export class CloseOAuth {
  readonly #app: CloseOAuthApp;
  readonly #time: WorldClock;
  readonly #ids: SeededIds;
  readonly #owner: { readonly organization_id: string; readonly user_id: string };
  readonly #access = new Map<string, number>();
  readonly #refresh = new Set<string>();
  readonly #codes = new Set<string>();
  #refreshes = 0;
  #refusals = 0;

  constructor(
    app: CloseOAuthApp,
    time: WorldClock,
    ids: SeededIds,
    owner: { readonly organization_id: string; readonly user_id: string },
  ) {
    this.#app = app;
    this.#time = time;
    this.#ids = ids;
    this.#owner = owner;
  }

  /** How often a pair was given for a refresh token. */
  get refreshes(): number {
    return this.#refreshes;
  }

  /** How often a grant was refused: a spent refresh token, a wrong secret. */
  get refusals(): number {
    return this.#refusals;
  }

  /** A pair, as a user's consent ends in. */
  issue(): CloseTokens {
    const tokens: CloseTokens = {
      access_token: `at_${this.#ids.text(40)}`,
      refresh_token: `rt_${this.#ids.text(40)}`,
      token_type: "Bearer",
      expires_in: LIFE_SECONDS,
      scope: "all.full_access offline_access",
      ...this.#owner,
    };
    this.#access.set(tokens.access_token, this.#time.nowMs() + LIFE_SECONDS * 1000);
    this.#refresh.add(tokens.refresh_token);
    return tokens;
  }

  /** The code that comes back to the host after a user's consent. */
  authorize(): string {
    const code = `code_${this.#ids.text(30)}`;
    this.#codes.add(code);
    return code;
  }

  /** Ends all tokens, as a user does who disconnects the app. */
  revoke(): void {
    this.#access.clear();
    this.#refresh.clear();
  }

  accepts(accessToken: string): boolean {
    return (this.#access.get(accessToken) ?? 0) > this.#time.nowMs();
  }

  /** `POST /oauth2/token/`. */
  exchange(form: URLSearchParams): { readonly status: number; readonly body: unknown } {
    const isKnown =
      form.get("client_id") === this.#app.clientId && form.get("client_secret") === this.#app.clientSecret;
    if (!isKnown) return this.#refuse(401, "invalid_client");
    switch (form.get("grant_type")) {
      case "authorization_code":
        if (!this.#codes.delete(form.get("code") ?? "")) return this.#refuse(400, "invalid_grant");
        return { status: 200, body: this.issue() };
      case "refresh_token":
        if (!this.#refresh.delete(form.get("refresh_token") ?? "")) return this.#refuse(400, "invalid_grant");
        this.#refreshes += 1;
        return { status: 200, body: this.issue() };
      default:
        return this.#refuse(400, "unsupported_grant_type");
    }
  }

  #refuse(status: number, error: string) {
    this.#refusals += 1;
    return { status, body: { error } };
  }
}
