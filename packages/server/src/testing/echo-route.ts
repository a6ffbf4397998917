import { z } from "zod";
import { jsonBody } from "../body.js";
import { route } from "../route.js";
import { shared } from "./lead-routes.js";

/** `POST /echo`: gives back the body that it was sent. */
export const echo = route({
  ...shared,
  ...{ method: "POST", path: "/echo", summary: "Echo" },
  body: jsonBody(z.json()),
  handler: async ({ body }) => ({ body }),
});
