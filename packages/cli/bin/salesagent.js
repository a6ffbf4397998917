#!/usr/bin/env node
import { main } from "../dist/index.js";

const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort(new Error("Interrupted")));
process.once("SIGTERM", () => interrupted.abort(new Error("Terminated")));
// A reader such as `head` that has enough closes the pipe; that is not a failure of ours.
process.stdout.on("error", (error) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

main(process.argv.slice(2), {
  // Asked for only by those who read: a terminal is left alone else.
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  signal: interrupted.signal,
}).then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error) => {
    process.stderr.write(`salesagent: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  },
);
