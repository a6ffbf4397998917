import { spawn } from "node:child_process";

/** Starts the replay server in a process of its own. */
export function startReplayServer(tokens) {
  const script = new URL("./replay-server.mjs", import.meta.url).pathname;
  const child = spawn(process.execPath, [script, String(tokens)], { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (part) => {
      text += part;
      const port = /READY (\d+)/.exec(text)?.[1];
      if (port) resolve({ origin: `http://127.0.0.1:${port}`, stop: () => child.kill() });
    });
    child.once("exit", (code) => reject(new Error(`The replay server ended with code ${code}.`)));
  });
}
