import type { Clock } from "@salesagent/ports";
import { createSeededIds, type SeededIds } from "../shared/index.js";

/** A member, as `userinfo` tells of them. */
export interface LinkedinMember {
  readonly sub: string;
  readonly given_name: string;
  readonly family_name: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly picture?: string;
  readonly locale?: { readonly country: string; readonly language: string };
}

/** A page of linkedin.com. */
export interface LinkedinPage {
  readonly html: string;
  /** Such as 999, LinkedIn's own for a visitor that it takes for a robot. @defaultValue 200 */
  readonly status?: number;
  /** Where the browser is sent instead, such as to a challenge. */
  readonly redirect?: string;
}

interface Grant {
  readonly member: string;
  readonly scope: string;
  readonly expiresAtMs: number;
}

const TOKEN_LIVES_MS = 60 * 86_400_000;

/** Members who signed in, their tokens, and public pages. */
export class LinkedinWorld {
  readonly ids: SeededIds;
  readonly #clock: Clock;
  readonly #members = new Map<string, LinkedinMember>();
  readonly #tokens = new Map<string, Grant>();
  readonly #codes = new Map<string, { readonly member: string; readonly scope: string }>();
  readonly #pages = new Map<string, LinkedinPage>();
  /** How often each page was opened. */
  readonly visits = new Map<string, number>();
  /** All pages lead to a challenge from now on. */
  challenged = false;

  constructor(clock: Clock, seed: string | number) {
    this.#clock = clock;
    this.ids = createSeededIds(seed);
  }

  addMember(member: Omit<LinkedinMember, "sub">): LinkedinMember {
    const made = { ...member, sub: this.ids.text(10) };
    this.#members.set(made.sub, made);
    return made;
  }

  editMember(sub: string, fields: Partial<LinkedinMember>): void {
    const member = this.#members.get(sub);
    if (member !== undefined) this.#members.set(sub, { ...member, ...fields, sub });
  }

  member(sub: string): LinkedinMember | undefined {
    return this.#members.get(sub);
  }

  /** A token as a sign-in gives it. */
  grant(member: string, scope = "openid profile email"): string {
    const token = this.ids.text(40);
    this.#tokens.set(token, { member, scope, expiresAtMs: this.#clock.now() + TOKEN_LIVES_MS });
    return token;
  }

  revoke(token: string): void {
    this.#tokens.delete(token);
  }

  /** Whose a token is, while it is good. */
  holderOf(token: string): { readonly member: LinkedinMember; readonly scope: string } | undefined {
    const grant = this.#tokens.get(token);
    const member = grant && this.#members.get(grant.member);
    if (grant === undefined || member === undefined || grant.expiresAtMs <= this.#clock.now())
      return undefined;
    return { member, scope: grant.scope };
  }

  /** A code, as a member's consent gives it; good once. */
  consent(member: string, scope: string): string {
    const code = this.ids.text(30);
    this.#codes.set(code, { member, scope });
    return code;
  }

  redeem(code: string): { readonly member: string; readonly scope: string } | undefined {
    const grant = this.#codes.get(code);
    this.#codes.delete(code);
    return grant;
  }

  /** Puts a page at an address of linkedin.com. */
  addPage(url: string, page: LinkedinPage | string): void {
    this.#pages.set(url, typeof page === "string" ? { html: page } : page);
  }

  /** Opens a page as a browser does. */
  open(url: string): { readonly url: string; readonly status: number; readonly html: string } {
    this.visits.set(url, (this.visits.get(url) ?? 0) + 1);
    if (this.challenged) return this.#challenge();
    const page = this.#pages.get(url);
    if (page === undefined)
      return { url, status: 404, html: "<html><head><title>Page not found</title></head></html>" };
    if (page.redirect !== undefined) return { url: page.redirect, status: 200, html: page.html };
    return { url, status: page.status ?? 200, html: page.html };
  }

  #challenge() {
    return {
      url: "https://www.linkedin.com/checkpoint/challenge/verify",
      status: 200,
      html: "<html><head><title>Security Verification | LinkedIn</title></head></html>",
    };
  }
}
