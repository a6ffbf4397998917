import type { BrowserPage, BrowserSessions } from "./browser-sessions.js";

/**
 * A browser whose pages were recorded, for tests and rehearsals: by address, the page or its HTML. All others are not found.
 *
 * @example
 * ```ts
 * linkedinPages({ browser: recordedBrowser({ "https://www.linkedin.com/in/ada": html }), termsReviewed: true });
 * ```
 */
export function recordedBrowser(pages: Readonly<Record<string, string | BrowserPage>>): BrowserSessions {
  let count = 0;
  return {
    port: "browser-sessions/1",
    provider: "recorded",
    open: async (call) => {
      call?.signal?.throwIfAborted();
      count += 1;
      return {
        id: `recorded-${count}`,
        read: async (url, readCall) => {
          readCall?.signal?.throwIfAborted();
          const page = Object.hasOwn(pages, url) ? pages[url] : undefined;
          if (page === undefined) return { url, status: 404, html: "" };
          return typeof page === "string" ? { url, status: 200, html: page } : page;
        },
        close: async () => {},
      };
    },
  };
}
