import { expect, it } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.mjs";
import { captureNode } from "./command.mjs";

it("keeps both streams and the exit code", async () => {
  const folder = temporaryFolder({
    "a.mjs": 'console.log("out"); console.error("err"); process.exitCode = 3;',
  });

  const { exitCode, output } = await captureNode(["a.mjs"], { cwd: folder });

  expect(exitCode).toBe(3);
  expect(output.split("\n").filter(Boolean).sort()).toEqual(["err", "out"]);
});

it("gives the exit code that shells give for a signal", async () => {
  const folder = temporaryFolder({
    "a.mjs": 'process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000);',
  });

  expect((await captureNode(["a.mjs"], { cwd: folder })).exitCode).toBe(137);
});
