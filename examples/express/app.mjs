// An Express app as there are many, with sessions and pages of its own, and the sales routes mounted at /sales.
import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { apiKeys, createServer, firstOf } from "@salesagent/server";
import { express as salesRoutes } from "@salesagent/server/express";
import express from "express";

// Your app has users of its own. These sign in without a password, to show what each role may do.
const users = {
  ada: { tenant: "acme", id: "user:ada", role: "member", name: "Ada" },
  vic: { tenant: "acme", id: "user:vic", role: "viewer", name: "Vic" },
  eve: { tenant: "umbrella", id: "user:eve", role: "owner", name: "Eve" },
};

/**
 * @param {import("@salesagent/core/app").SalesAgent} sales
 * @param {{ clientFolder?: string }} [options] Where the client's files are, which a bundler would put into your pages.
 */
export function createApp(sales, { clientFolder = installedClient() } = {}) {
  const app = express();
  const sessions = new Map();
  const userOf = (cookies) => sessions.get(/(?:^|;\s*)session=([\w-]+)/.exec(cookies ?? "")?.[1]);

  app.disable("x-powered-by");
  app.use((_request, response, next) => {
    response.set("content-security-policy", "default-src 'self'; frame-ancestors 'none'");
    next();
  });

  // The sales routes come before body parsers: a webhook's signature is over the bytes as they came.
  const server = createServer({
    sales,
    prefix: "/sales",
    authorize: firstOf((request) => userOf(request.headers.get("cookie")), apiKeys(sales)),
    onError: (error) => console.error(error),
  });
  app.use("/sales", salesRoutes(server));

  app.use(express.urlencoded({ extended: false }));
  app.post("/sign-in", (request, response) => {
    const user = Object.hasOwn(users, request.body.user) ? users[request.body.user] : undefined;
    if (!user) return response.redirect(303, "/");
    const session = randomUUID();
    sessions.set(session, user);
    response.cookie("session", session, { httpOnly: true, sameSite: "lax" });
    response.redirect(303, "/leads");
  });
  app.get("/leads", (request, response, next) => {
    if (!userOf(request.headers.cookie)) return response.redirect("/");
    response.sendFile("leads.html", { root: publicFolder }, next);
  });
  app.get("/me", (request, response) => response.json(userOf(request.headers.cookie) ?? null));
  app.use("/salesagent-client", express.static(clientFolder));
  app.use(express.static(publicFolder));
  return { app, server };
}

const publicFolder = fileURLToPath(new URL("public", import.meta.url));
const installedClient = () => dirname(fileURLToPath(import.meta.resolve("@salesagent/client")));
