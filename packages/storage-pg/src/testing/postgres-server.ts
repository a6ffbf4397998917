import { createServer } from "node:http";
import type { TestProject } from "vitest/node";
import { type PostgresCluster, startPostgresCluster } from "./postgres-cluster.js";

declare module "vitest" {
  interface ProvidedContext {
    /** Answers with the URL of a PostgreSQL server, which it starts when it is first asked. */
    readonly postgresDoor: string;
  }
}

/**
 * Vitest's global set-up: opens a door at which test files ask for a PostgreSQL server. The server is started by the first
 * one that asks, so runs that need none don't wait for it. `DATABASE_URL` names another server to use.
 */
export default async function setUpPostgres(project: TestProject): Promise<() => Promise<void>> {
  let cluster: Promise<PostgresCluster> | undefined;
  const findUrl = async (): Promise<string> => {
    const given = process.env["DATABASE_URL"];
    if (given !== undefined && given !== "") return given;
    cluster ??= startPostgresCluster();
    return (await cluster).url;
  };

  const door = createServer((_request, response) => {
    findUrl().then(
      (url) => response.end(url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
  const address = door.address();
  if (address === null || typeof address === "string") throw new Error("the door has no port");
  project.provide("postgresDoor", `http://127.0.0.1:${address.port}`);

  return async () => {
    door.close();
    door.closeAllConnections();
    await (await cluster?.catch(() => undefined))?.stop();
  };
}
