import type { Clock } from "@salesagent/ports";
import { jsonAnswer, type Route, type SeededIds } from "../shared/index.js";

const LIFETIME_SECONDS = 1800;

/** The OAuth grants of the account. Refresh tokens stay; access tokens live for half an hour. */
export class HubspotGrants {
  /** The refresh token that is good. */
  readonly refreshToken: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly #clock: Clock;
  readonly #ids: SeededIds;
  readonly #issued = new Map<string, number>();
  #revoked = false;
  #refreshes = 0;

  constructor(clock: Clock, ids: SeededIds, client: { readonly id: string; readonly secret: string }) {
    this.#clock = clock;
    this.#ids = ids;
    this.clientId = client.id;
    this.clientSecret = client.secret;
    this.refreshToken = `na1-${ids.text(32)}`;
  }

  /** How often a token was asked for with a good grant. */
  get refreshes(): number {
    return this.#refreshes;
  }

  /** The user takes the app out of the account. */
  revoke(): void {
    this.#revoked = true;
    this.#issued.clear();
  }

  /** A fresh access token. */
  issue(): string {
    const token = `CNi${this.#ids.text(40)}`;
    this.#issued.set(token, this.#clock.now() + LIFETIME_SECONDS * 1000);
    return token;
  }

  /** What a token is worth. */
  stateOf(token: string): "good" | "expired" | "unknown" {
    const untilMs = this.#issued.get(token);
    if (untilMs === undefined) return "unknown";
    return this.#clock.now() < untilMs ? "good" : "expired";
  }

  routes(): Route[] {
    return ["/oauth/v1/token", "/oauth/v3/token", "/oauth/2026-09/token"].map((path) => ({
      method: "POST",
      path,
      group: "token",
      answer: async ({ request }) => this.#token(new URLSearchParams(await request.text())),
    }));
  }

  #token(form: URLSearchParams): Response {
    if (form.get("client_id") !== this.clientId || form.get("client_secret") !== this.clientSecret) {
      return refusal("BAD_CLIENT_ID", "missing or invalid client id");
    }
    const type = form.get("grant_type");
    if (type === "client_credentials") return this.#granted({ scope: form.get("scope") ?? "" });
    if (type !== "refresh_token") return refusal("BAD_GRANT_TYPE", "missing or unknown grant type");
    if (this.#revoked || form.get("refresh_token") !== this.refreshToken) {
      return refusal("BAD_REFRESH_TOKEN", "missing or invalid refresh token");
    }
    return this.#granted({ refresh_token: this.refreshToken, hub_id: 62515 });
  }

  #granted(more: Readonly<Record<string, unknown>>): Response {
    this.#refreshes += 1;
    return jsonAnswer({
      access_token: this.issue(),
      token_type: "bearer",
      expires_in: LIFETIME_SECONDS,
      ...more,
    });
  }
}

const refusal = (status: string, message: string) =>
  jsonAnswer(
    { status, message, correlationId: "f2c1", error: "invalid_grant", error_description: message },
    400,
  );
