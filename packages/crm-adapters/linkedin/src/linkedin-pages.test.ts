import { createManualClock, linkedinSandbox } from "@salesagent/sandbox/crm";
import { afterEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import type { BrowserSessions } from "./browser-sessions.js";
import { browserbase } from "./browserbase.js";
import type { SocketLike } from "./devtools-connection.js";
import { type LinkedinPagesOptions, linkedinPages } from "./linkedin-pages.js";
import { recordedBrowser } from "./recorded-browser.js";

const ADA = "https://www.linkedin.com/in/ada-byron";
const ACME = { tenant: "acme" };
const page = (name: string) =>
  `<html><head><script type="application/ld+json">{"@type":"Person","name":"${name}"}</script></head></html>`;

function scene(options: Partial<LinkedinPagesOptions> = {}) {
  const clock = createManualClock();
  const sandbox = linkedinSandbox({ clock, browser: { perMinute: 1_000 } });
  sandbox.world.addPage(ADA, page("Ada Byron"));
  const browser = browserbase(
    { apiKey: "bb-key" },
    { fetch: sandbox.fetch, connect: sandbox.connect, clock },
  );
  const reader = (more: Partial<LinkedinPagesOptions> = {}) =>
    linkedinPages({ browser, termsReviewed: true, clock, ...options, ...more });
  return { clock, sandbox, browser, reader, pages: reader() };
}

afterEach(() => vi.unstubAllGlobals());

describe("linkedinPages", () => {
  it("reads a page in a browser, and ends the session", async () => {
    const { pages, sandbox } = scene();
    expect(await pages.read(ADA, ACME)).toMatchObject({ kind: "person", contact: { fullName: "Ada Byron" } });
    expect(sandbox.runningSessions).toBe(0);
    const [created] = sandbox.calls;
    expect(JSON.parse(created?.bodyText ?? "")).toMatchObject({
      timeout: 120,
      browserSettings: { solveCaptchas: false, allowedDomains: ["linkedin.com"] },
    });
  });

  it("is off until somebody says that the terms were looked at", () => {
    const { browser } = scene();
    const options = { browser, termsReviewed: false } as unknown;
    expect(() => linkedinPages(options as LinkedinPagesOptions)).toThrow(/termsReviewed/);
    expectTypeOf<LinkedinPagesOptions["termsReviewed"]>().toEqualTypeOf<true>();
  });

  it("tells nothing for a page that is not there", async () => {
    const { pages } = scene();
    expect(await pages.read(`${ADA}-2`, ACME)).toBeUndefined();
  });

  it.each([
    [
      "a challenge",
      (world: ReturnType<typeof scene>["sandbox"]["world"]) => {
        world.challenged = true;
      },
    ],
    [
      "the status 999",
      (world: ReturnType<typeof scene>["sandbox"]["world"]) => world.addPage(ADA, { html: "", status: 999 }),
    ],
    [
      "a wall",
      (world: ReturnType<typeof scene>["sandbox"]["world"]) =>
        world.addPage(ADA, { html: "<html></html>", redirect: "https://www.linkedin.com/authwall?trk=x" }),
    ],
  ])("opens no page for a day after %s", async (_name, happens) => {
    const { pages, sandbox, clock } = scene();
    happens(sandbox.world);
    const refusal = { code: "service.rate_limited", facts: { vendorCode: "challenge" } };
    await expect(pages.read(ADA, ACME)).rejects.toMatchObject(refusal);
    sandbox.clearCalls();
    clock.advance(86_399_000);
    await expect(pages.read(ADA, ACME)).rejects.toMatchObject({ facts: { retryAfterMs: 1_000 } });
    expect(sandbox.calls).toEqual([]);
    sandbox.world.challenged = false;
    sandbox.world.addPage(ADA, page("Ada Byron"));
    clock.advance(1_000);
    expect(await pages.read(ADA, ACME)).toBeDefined();
  });

  it("opens so many pages a day, and no more", async () => {
    const { pages, sandbox, clock } = scene({ pagesPerDay: 3 });
    const open = () => pages.read(ADA, ACME).catch((error: unknown) => error);
    for (let n = 0; n < 3; n++) await open();
    expect(await open()).toMatchObject({ code: "call.wait_too_long" });
    expect(sandbox.world.visits.get(ADA)).toBe(3);
    clock.advance(86_400_000 * 1.2);
    expect(await open()).toMatchObject({ kind: "person" });
  });

  it("takes no more than a hundred a day", () => {
    const { reader } = scene();
    expect(() => reader({ pagesPerDay: 101 })).toThrow(/pagesPerDay/);
  });

  it("opens one page at a time, in the order of the calls", async () => {
    let running = 0;
    let most = 0;
    const opened: string[] = [];
    const browser: BrowserSessions = {
      ...recordedBrowser({}),
      open: async () => {
        running += 1;
        most = Math.max(most, running);
        return {
          id: "s",
          read: async (url) => {
            opened.push(url);
            await Promise.resolve();
            return { url, html: page("Ada Byron") };
          },
          close: async () => {
            running -= 1;
          },
        };
      },
    };
    const { reader } = scene();
    const pages = reader({ browser });
    const urls = ["a", "b", "c"].map((name) => `https://www.linkedin.com/in/${name}`);
    await Promise.all(urls.map((url) => pages.read(url, ACME)));
    expect(most).toBe(1);
    expect(opened).toEqual(urls);
  });

  it("leaves other processes the account while they read", async () => {
    const { reader } = scene();
    const taken = reader({
      leases: {
        port: "lease-store/1",
        acquire: async () => undefined,
        renew: async () => false,
        release: async () => {},
      },
    });
    await expect(taken.read(ADA, ACME)).rejects.toMatchObject({ facts: { vendorCode: "busy" } });
  });

  it.each([
    "https://evil.test/in/ada",
    "http://www.linkedin.com/in/ada",
    `${ADA}?x=1`,
    "https://www.linkedin.com/feed",
  ])("opens no other address, such as %s", async (url) => {
    const { pages, sandbox } = scene();
    await expect(pages.read(url, ACME)).rejects.toThrow(TypeError);
    expect(sandbox.calls).toEqual([]);
  });

  it("rejects with the caller's own reason, and ends the session", async () => {
    const { reader, sandbox, browser } = scene();
    const caller = new AbortController();
    const reason = new Error("enough");
    const stuck: BrowserSessions = {
      ...browser,
      open: async (call) => {
        const session = await browser.open(call);
        return {
          ...session,
          read: (_url, { signal } = {}) =>
            new Promise((_, reject) => {
              signal?.addEventListener("abort", () => reject(signal.reason));
              caller.abort(reason);
            }),
        };
      },
    };
    await expect(reader({ browser: stuck }).read(ADA, { ...ACME, signal: caller.signal })).rejects.toBe(
      reason,
    );
    await vi.waitFor(() => expect(sandbox.runningSessions).toBe(0));
  });
});

describe("browserbase", () => {
  it("tells that too many browsers run", async () => {
    const { sandbox, clock } = scene();
    const browser = browserbase(
      { apiKey: "bb-key" },
      { fetch: sandbox.fetch, connect: sandbox.connect, clock, retry: false },
    );
    for (let n = 0; n < 3; n++) await browser.open();
    await expect(browser.open()).rejects.toMatchObject({ code: "service.rate_limited" });
  });

  it("tells that the connection broke", async () => {
    const { browser } = scene();
    const session = await browser.open();
    await session.close();
    await expect(session.read(ADA)).rejects.toMatchObject({ code: "service.unavailable", replay: "safe" });
  });

  /** A browser whose page never comes to an end of loading. */
  function stuckBrowser(atLoad: (socket: SocketLike) => void) {
    const { sandbox, clock } = scene();
    const connect = (url: string): SocketLike => {
      const socket = sandbox.connect(url);
      const withoutLoad =
        (listener: (event: { readonly data?: unknown }) => void) => (event: { readonly data?: unknown }) => {
          if (String(event.data).includes("loadEventFired")) atLoad(socket);
          else listener(event);
        };
      return {
        ...socket,
        addEventListener: (type, listener) =>
          socket.addEventListener(type, type === "message" ? withoutLoad(listener) : listener),
      };
    };
    return {
      clock,
      sandbox,
      browser: browserbase({ apiKey: "k" }, { fetch: sandbox.fetch, connect, clock }),
    };
  }

  it("tells that the connection broke while a page was loading", async () => {
    const session = await stuckBrowser((socket) => socket.close()).browser.open();
    await expect(session.read(ADA)).rejects.toMatchObject({ code: "service.unavailable" });
  });

  it("gives a page no more than its time", async () => {
    let isLoading = false;
    const { browser, clock } = stuckBrowser(() => {
      isLoading = true;
    });
    const reading = (await browser.open()).read(ADA);
    const ended = expect(reading).rejects.toMatchObject({
      code: "call.timed_out",
      facts: { limitMs: 30_000 },
    });
    await vi.waitFor(() => expect(isLoading).toBe(true));
    clock.advance(30_000);
    await ended;
  });

  it("asks for a way to connect where the platform has none", async () => {
    vi.stubGlobal("WebSocket", undefined);
    const { sandbox, clock } = scene();
    const session = await browserbase({ apiKey: "k" }, { fetch: sandbox.fetch, clock }).open();
    await expect(session.read(ADA)).rejects.toThrow(/browserbase.connect/);
  });
});
