import { openApiDocument } from "../openapi.js";
import { TextReply } from "../reply.js";
import { publicRoute, type Route } from "../route.js";

/** @param table - All routes that the document tells of. */
export function openApiRoutes(table: () => readonly Route[]): readonly Route[] {
  let text: string | undefined;
  return [
    publicRoute({
      method: "GET",
      path: "/openapi.json",
      tag: "about",
      summary: "All routes, as OpenAPI 3.1",
      answer: { description: "The document.", mediaType: "application/json" },
      handler: async ({ server }) => {
        text ??= JSON.stringify(openApiDocument(table(), server.prefix));
        return new TextReply(200, text, { "content-type": "application/json" });
      },
    }),
  ];
}
