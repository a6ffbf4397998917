// Fills DBOS's queue: node fill-dbos.mjs <url> <folder> <jobs>.
import { openDbos } from "./dbos.mjs";
import { PAYLOAD } from "./payload.mjs";

const AT_ONCE = 20;
const [url = "", folder = "", jobs = ""] = process.argv.slice(2);
const dbos = await openDbos(url, folder, { executor: "filler" });
for (let from = 0; from < Number(jobs); from += AT_ONCE) {
  const count = Math.min(AT_ONCE, Number(jobs) - from);
  await Promise.all(Array.from({ length: count }, () => dbos.enqueue(PAYLOAD)));
}
await dbos.close();
process.stdout.write(`${JSON.stringify({ filled: Number(jobs) })}\n`, () => process.exit());
