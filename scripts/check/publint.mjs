/** publint, strict, on each published package as packed. */
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { runCheck } from "../workspace/check-report.mjs";
import { packAll, readTarball } from "../workspace/pack.mjs";

await runCheck(import.meta.url, "publint", async () => {
  const packages = await packAll("publint");
  const problems = [];
  for (const { folder, tarball } of packages) {
    const { messages, pkg } = await publint({
      pkgDir: "package",
      pack: { tarball: readTarball(tarball) },
      strict: true,
    });
    problems.push(
      ...messages.map((message) => `${folder}: ${formatMessage(message, pkg, { color: false })}`),
    );
  }
  return { problems, summary: `${packages.length} packages` };
});
