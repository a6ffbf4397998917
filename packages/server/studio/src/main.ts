import { createClient } from "@salesagent/client";
import { ApiKey } from "./session.js";
import { Shell } from "./shell.js";

const root = document.getElementById("studio");
if (root) {
  // This script is at `<where the server is>/studio/studio.js`.
  const url = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
  const key = new ApiKey();
  const client = createClient({ url: new URL(url || "/", location.href).href, headers: () => key.headers });
  void new Shell({ root, url, client, key }).begin();
}
