import { isAllowed, PERMISSIONS } from "@salesagent/core/access";
import { z } from "zod";
import { askWho } from "../access.js";
import { TextReply } from "../reply.js";
import { publicRoute, type Route } from "../route.js";
import { STUDIO_HEADERS, STUDIO_ICON, studioPage } from "./studio-page.js";

const tag = "studio";

/** Who looks at the page, and what they may do. */
const studioSessionSchema = z.object({
  id: z.string(),
  name: z.string().optional(),
  role: z.string(),
  permissions: z.array(z.string()),
  qualifier: z.string().optional().describe("The agent that qualifies leads, where the app has it."),
});

/** The page and its files. They hold no data: whatever the page shows it asks for, as whoever looks at it. */
export const studioRoutes: readonly Route[] = [
  file("/studio", "The page", "text/html", async (prefix) => studioPage(prefix)),
  file("/studio/studio.js", "Its script", "text/javascript", async () => (await files()).STUDIO_SCRIPT),
  file("/studio/studio.css", "Its style sheet", "text/css", async () => (await files()).STUDIO_STYLE),
  file("/studio/icon.svg", "Its icon", "image/svg+xml", async () => STUDIO_ICON),
  publicRoute({
    ...{ method: "GET", path: "/studio/session", tag },
    summary: "Who looks at the page, and what they may do",
    answer: { description: "The principal.", schema: studioSessionSchema },
    async handler({ request, server }) {
      const { id, name, ...powers } = await askWho(server.authorize, request);
      const { qualifier, sales } = server;
      return {
        ...{ id, role: powers.role },
        ...(name !== undefined && { name }),
        permissions: PERMISSIONS.filter((permission) => isAllowed(powers, permission)),
        ...(sales.agents.has(qualifier) && { qualifier }),
      };
    },
  }),
];

/** Hosts without the page load none of it. */
const files = () => import("./studio-files.js");

function file(
  path: string,
  summary: string,
  mediaType: string,
  read: (prefix: string) => Promise<string>,
): Route {
  return publicRoute({
    ...{ method: "GET", path, tag, summary },
    answer: { description: "The file.", mediaType },
    async handler({ request, server }) {
      const etag = `"${(await files()).STUDIO_TAG}"`;
      const headers = { ...STUDIO_HEADERS, etag, "cache-control": "no-cache" };
      if (request.headers.get("if-none-match") === etag) return new TextReply(304, null, headers);
      const body = await read(server.prefix);
      return new TextReply(200, body, { ...headers, "content-type": `${mediaType}; charset=utf-8` });
    },
  });
}
