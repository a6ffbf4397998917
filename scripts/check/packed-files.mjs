/**
 * A packed package holds its manifest, README, LICENSE, JavaScript, maps and declarations, SQL and commands where it has some,
 * and nothing else.
 */
import { runCheck } from "../workspace/check-report.mjs";
import { packAll } from "../workspace/pack.mjs";

const wanted = ["package.json", "README.md", "LICENSE"];
const allowed =
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|bin\/[a-z-]+\.js|dist\/.+(\.js|\.js\.map|\.d\.ts|\.sql))$/;

/**
 * @param {{ folder: string, files: readonly string[] }} packed
 * @returns {string[]}
 */
export function findWrongFiles({ folder, files }) {
  return [
    ...files.filter((file) => !allowed.test(file)).map((file) => `${folder} would publish ${file}`),
    ...wanted.filter((file) => !files.includes(file)).map((file) => `${folder} would not publish ${file}`),
  ];
}

await runCheck(import.meta.url, "packed-files", async () => {
  const packages = await packAll("packed-files");
  return { problems: packages.flatMap(findWrongFiles), summary: `${packages.length} packages` };
});
