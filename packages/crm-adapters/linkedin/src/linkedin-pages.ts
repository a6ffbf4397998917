import { createRateBudget, type RateBudget } from "@salesagent/core/http";
import {
  type Clock,
  type LeaseStore,
  type Profile,
  type ProfileReader,
  type RateBudgetStore,
  SalesAgentError,
  systemClock,
  type TenantCall,
  untilAborted,
} from "@salesagent/ports";
import type { BrowserPage, BrowserSessions } from "./browser-sessions.js";
import { titleOf } from "./html-parts.js";
import { parseProfilePage } from "./parse-profile-page.js";

/** How public pages are read. */
export interface LinkedinPagesOptions {
  readonly browser: BrowserSessions;
  /**
   * LinkedIn's User Agreement forbids its users automated reading. Whether you may is for you to settle; say here that you did.
   */
  readonly termsReviewed: true;
  /** Names what the pages are counted for, such as the browser provider's account. @defaultValue "default" */
  readonly account?: string | undefined;
  /** Pages a day, at most 100. @defaultValue 100 */
  readonly pagesPerDay?: number | undefined;
  /** Counts for all processes. @defaultValue this process counts for itself */
  readonly store?: RateBudgetStore | undefined;
  /** Keeps other processes from reading at the same time. @defaultValue only this process reads one page at a time */
  readonly leases?: LeaseStore | undefined;
  /** How long nothing is read after LinkedIn asked who is there, in milliseconds. @defaultValue 1 day */
  readonly pauseMs?: number | undefined;
  /** @defaultValue systemClock */
  readonly clock?: Clock | undefined;
  /** @defaultValue crypto.randomUUID */
  readonly id?: (() => string) | undefined;
}

const DAY_MS = 86_400_000;
const MOST_PAGES = 100;
const LEASE_MS = 300_000;

/**
 * Reads public pages of people and companies with a browser: one at a time, so many a day, and none after a challenge. All
 * texts of a page are somebody else's.
 *
 * @throws TypeError or RangeError naming the option that makes no sense.
 */
export function linkedinPages(options: LinkedinPagesOptions): ProfileReader {
  const { pagesPerDay = MOST_PAGES, account = "default", clock = systemClock } = options;
  if (options.termsReviewed !== true) {
    throw new TypeError(
      "linkedinPages.termsReviewed must be true: LinkedIn's agreement forbids automated reading to its users",
    );
  }
  if (!Number.isInteger(pagesPerDay) || pagesPerDay < 1 || pagesPerDay > MOST_PAGES) {
    throw new RangeError(
      `linkedinPages.pagesPerDay must be a whole number from 1 to ${MOST_PAGES}, got ${pagesPerDay}`,
    );
  }
  const day = { name: "day", limit: pagesPerDay, windowMs: DAY_MS };
  const budget = createRateBudget({
    name: `linkedin-pages/${account}`,
    windows: [day],
    store: options.store,
    clock,
  });
  const reader = new PageReader(options, account, budget, clock);
  return { port: "profile-reader/1", provider: "linkedin", read: (url, call) => reader.read(url, call) };
}

class PageReader {
  readonly #options: LinkedinPagesOptions;
  readonly #account: string;
  readonly #budget: RateBudget;
  readonly #clock: Clock;
  #last: Promise<unknown> = Promise.resolve();
  #pausedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: LinkedinPagesOptions, account: string, budget: RateBudget, clock: Clock) {
    this.#options = options;
    this.#account = account;
    this.#budget = budget;
    this.#clock = clock;
  }

  /** One at a time, in the order of the calls. */
  read(url: string, call: TenantCall): Promise<Profile | undefined> {
    const turn = this.#last.then(() => this.#read(url, call));
    this.#last = turn.catch(() => {});
    return untilAborted(turn, call.signal);
  }

  async #read(url: string, { signal }: TenantCall): Promise<Profile | undefined> {
    signal?.throwIfAborted();
    if (!/^https:\/\/www\.linkedin\.com\/(?:in|company)\/[^/?#]+$/.test(url)) {
      throw new TypeError(
        "linkedinPages: the address must be a profile's in its normal form, https://www.linkedin.com/in/…",
      );
    }
    this.#refuseWhilePaused();
    const release = await this.#lease(signal);
    try {
      await this.#budget.take({ priority: "interactive", maxWaitMs: 1, signal });
      const page = await this.#open(url, signal);
      return this.#understood(url, page);
    } finally {
      await release();
    }
  }

  async #open(url: string, signal: AbortSignal | undefined): Promise<BrowserPage> {
    const session = await this.#options.browser.open({ signal });
    try {
      return await session.read(url, { signal });
    } finally {
      // a session that can't be ended ends by itself; what was read counts
      await session.close().catch((error: unknown) => {
        if (!SalesAgentError.is(error)) throw error;
      });
    }
  }

  #understood(url: string, page: BrowserPage): Profile | undefined {
    if (page.status === 404 || page.status === 410) return undefined;
    if (isChallenge(page)) {
      this.#pausedUntilMs = this.#clock.now() + (this.#options.pauseMs ?? DAY_MS);
      throw this.#paused(page.status);
    }
    if (page.status !== undefined && page.status >= 400) throw unavailable(page.status);
    return parseProfilePage({ html: page.html, url, at: new Date(this.#clock.now()).toISOString() });
  }

  #refuseWhilePaused(): void {
    if (this.#clock.now() < this.#pausedUntilMs) throw this.#paused(undefined);
  }

  #paused(status: number | undefined): SalesAgentError {
    return new SalesAgentError("service.rate_limited", {
      message: `linkedin: it asks the browser of the account ${this.#account} who is there. No page is read for a while; look at the account before you go on.`,
      facts: {
        service: "linkedin",
        vendorCode: "challenge",
        retryAfterMs: this.#pausedUntilMs - this.#clock.now(),
        ...(status === undefined ? {} : { status }),
      },
      replay: "safe",
    });
  }

  async #lease(signal: AbortSignal | undefined): Promise<() => Promise<void>> {
    const { leases, id = () => crypto.randomUUID() } = this.#options;
    if (leases === undefined) return async () => {};
    const name = `linkedin-pages/${this.#account}`;
    const owner = id();
    const fence = await leases.acquire(name, owner, LEASE_MS, { signal });
    if (fence !== undefined) return () => leases.release(name, owner);
    throw new SalesAgentError("service.rate_limited", {
      message: `linkedin: another process reads a page with the account ${this.#account}. Try again in a moment.`,
      facts: { service: "linkedin", vendorCode: "busy", retryAfterMs: 10_000 },
      replay: "safe",
    });
  }
}

/** Not the page that was asked for, but a question who is there, or a demand to sign in. */
function isChallenge({ url, status, html }: BrowserPage): boolean {
  const path = URL.canParse(url) ? new URL(url).pathname : url;
  return (
    status === 999 ||
    status === 429 ||
    /^\/(?:authwall|checkpoint|uas\/login|login|signup)(?:\/|$)/.test(path) ||
    /^(?:Security Verification|Sign (?:in|up))\b/i.test(titleOf(html) ?? "")
  );
}

function unavailable(status: number): SalesAgentError {
  return new SalesAgentError("service.unavailable", {
    message: `linkedin: the page can't be had, status ${status}. Try again later.`,
    facts: { service: "linkedin", status },
    replay: "safe",
  });
}
