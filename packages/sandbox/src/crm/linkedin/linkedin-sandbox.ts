import { type Clock, systemClock } from "@salesagent/ports";
import {
  type CrmEndpoint,
  type CrmFaultPlan,
  createCrmEndpoint,
  createRouter,
  jsonAnswer,
} from "../shared/index.js";
import { BrowserDesk, type BrowserLimits } from "./browser-routes.js";
import { type BrowserSocket, openBrowserSocket } from "./browser-socket.js";
import { type LinkedinApp, linkedinRoutes } from "./linkedin-routes.js";
import { LinkedinWorld } from "./linkedin-world.js";

/** How a LinkedIn is set up. */
export interface LinkedinSandboxOptions {
  /** @defaultValue systemClock */
  readonly clock?: Clock;
  /** @defaultValue "linkedin" */
  readonly seed?: string | number;
  /** @defaultValue `client`, `secret`, `https://app.test/callback` */
  readonly app?: LinkedinApp;
  /** Calls of one member on one endpoint in a day of UTC. @defaultValue 500 */
  readonly callsPerDay?: number;
  /** The oldest version of `/rest` that lives. @defaultValue "202508" */
  readonly oldestVersion?: string;
  readonly browser?: BrowserLimits;
  /** The key of the browser sessions. @defaultValue any */
  readonly browserKey?: string;
  readonly faults?: readonly CrmFaultPlan[];
}

/** A LinkedIn in memory, and browser sessions in the shape of Browserbase's that see its pages. */
export interface LinkedinSandbox extends CrmEndpoint {
  readonly world: LinkedinWorld;
  /** Connects to a session's `connectUrl`, in place of a `WebSocket`. */
  readonly connect: (url: string) => BrowserSocket;
  /** Browser sessions that run. */
  readonly runningSessions: number;
}

const APP: LinkedinApp = {
  clientId: "client",
  clientSecret: "secret",
  redirectUri: "https://app.test/callback",
};

/**
 * A LinkedIn that speaks its wire format: signing in, the profile of whoever did, limits by the day of UTC without headers, and
 * public pages for browsers.
 *
 * @example
 * ```ts
 * const sandbox = linkedinSandbox();
 * sandbox.world.addPage("https://www.linkedin.com/in/ada", "<html>…</html>");
 * browserbase({ apiKey: "any" }, { fetch: sandbox.fetch, connect: sandbox.connect });
 * ```
 */
export function linkedinSandbox(options: LinkedinSandboxOptions = {}): LinkedinSandbox {
  const { clock = systemClock, seed = "linkedin", app = APP, callsPerDay = 500 } = options;
  const world = new LinkedinWorld(clock, seed);
  const desk = new BrowserDesk(world, clock, options.browser ?? {}, options.browserKey);
  const used = new Map<string, number>();
  const takeCall = (endpoint: string, member: string) => {
    const day = Math.floor(clock.now() / 86_400_000);
    const key = `${day} ${endpoint} ${member}`;
    const count = (used.get(key) ?? 0) + 1;
    used.set(key, count);
    return count <= callsPerDay;
  };
  const { oldestVersion = "202508" } = options;
  const router = createRouter([...linkedinRoutes({ world, app, takeCall, oldestVersion }), ...desk.routes()]);
  const endpoint = createCrmEndpoint({
    clock,
    ...(options.faults === undefined ? {} : { faults: options.faults }),
    rateLimited: () =>
      jsonAnswer(
        { status: 429, serviceErrorCode: 101, message: "Resource level throttle limit is reached." },
        429,
      ),
    handler: async (request) => {
      const match = router(request);
      if (match.type === "route") return match.route.answer(match.call);
      return jsonAnswer({ status: 404, message: "No virtual resource found" }, 404);
    },
  });
  return {
    ...endpoint,
    world,
    connect: (url) => openBrowserSocket(world, desk, url),
    get runningSessions() {
      return desk.running;
    },
  };
}
