import type { CallOptions } from "@salesagent/ports";

/** A page as a browser has it. */
export interface BrowserPage {
  /** Where the browser is now, behind all redirects. */
  readonly url: string;
  /** HTTP status of the document, where the browser tells. */
  readonly status?: number;
  readonly html: string;
}

/** One browser that runs elsewhere. */
export interface BrowserSession {
  readonly id: string;
  /** Opens a page and reads it once it is loaded. */
  read(url: string, call?: CallOptions): Promise<BrowserPage>;
  /** Ends the browser. Closing twice is fine. */
  close(): Promise<void>;
}

/** What runs browsers, such as Browserbase. */
export interface BrowserSessions {
  readonly port: "browser-sessions/1";
  /** Such as `browserbase`. */
  readonly provider: string;
  /** @throws `service.…`; `service.rate_limited` when as many run as may. */
  open(call?: CallOptions): Promise<BrowserSession>;
}
