// A workflow that is two JSON files, taken through its life: it waits, fails, is retried from the step that failed, waits, is
// answered and ends; another run is cancelled.
import { readFile } from "node:fs/promises";
import { createApprovals, createEffects } from "@salesagent/core/effects";
import { durableFlows } from "@salesagent/core/graph";
import { createWorkflows } from "@salesagent/core/workflow";
import { memoryStorage } from "@salesagent/storage-memory";
import { openOutside } from "./outside.mjs";
import { tableOf } from "./table.mjs";

const tenant = "acme";
const by = "user:42"; // of your own session
const readJson = async (name) => JSON.parse(await readFile(new URL(name, import.meta.url), "utf8"));

/** @param {(line: string) => void} print */
export async function show(print) {
  const storage = memoryStorage(); // with several processes: postgres({ connectionString })
  const flows = durableFlows({ storage });
  try {
    return await live(storage, flows, print);
  } finally {
    await flows[Symbol.asyncDispose]();
  }
}

async function live(storage, flows, print) {
  const { outside, registry } = openOutside(storage);
  const effects = createEffects({ storage });
  const workflows = createWorkflows({ storage, flows, effects, ...registry });
  const approvals = createApprovals({ storage });
  const lead = await readJson("lead.json");

  const printLog = async (runId) => {
    const log = await workflows.log(runId, { tenant });
    print(`\n${log.workflow}, version ${log.version} · run ${runId} · ${log.status}`);
    print(tableOf(log.steps));
    if (log.error) print(`failed in ${log.open.join(", ")}: ${log.error.message}`);
    if (log.stop) print(`cancelled by ${log.stop.by}: ${log.stop.reason}`);
    return log;
  };
  const approve = async (runId, decision) => {
    const { items } = await approvals.list({ tenant, runId, status: "pending" });
    for (const { id, arguments: asked } of items) {
      await approvals.approve(id, { tenant, by, editedArguments: { ...asked, ...decision } });
    }
  };

  print("1. Both files are checked and stored; a run begins, and waits for a person");
  for (const file of ["review.json", "outreach.json"]) {
    await workflows.save(await readJson(file), { tenant, by }); // parts first
  }
  const first = await workflows.run("outreach", lead, { tenant, runId: "first" });
  print(`   ${first.status} in ${first.on.map(({ node }) => node).join(", ")}`);

  print("\n2. The person changes the subject and approves; the mail goes out, and Slack is down");
  outside.slackIsDown = true;
  await approve("first", { subject: "Ten minutes on Tuesday?" });
  await workflows.resume("first", { tenant }).catch(() => {}); // what it failed with stands in the log
  const failed = await printLog("first");

  print("\n3. Slack is back: the run is retried from the step that failed. No mail goes out again");
  outside.slackIsDown = false;
  const retried = await workflows.retry("first", { tenant });
  print(`   ${retried.status} for "${retried.on.map(({ name }) => name).join(", ")}"`);

  print("\n4. The lead answers, and the run ends");
  await workflows.deliver("first", "reply", { text: "Gladly, Tuesday at nine." }, { tenant });
  const { state } = await workflows.resume("first", { tenant });
  const completed = await printLog("first");
  print(`output: ${JSON.stringify(state.output)}`);

  print("\n5. Another run waits for a person, and is cancelled");
  await workflows.run("outreach", lead, { tenant, runId: "second" });
  await workflows.cancel("second", { tenant, by, reason: "they called us" });
  await workflows.resume("second", { tenant }).catch(() => {}); // until somebody has ended it
  const cancelled = await printLog("second");

  const { mail, chat, lookups } = outside;
  print(
    `\nOutside: ${mail.outbox.length} mail, ${chat.messages.length} message in Slack, ${lookups} look-ups for two runs`,
  );
  return {
    failed,
    completed,
    cancelled,
    output: state.output,
    mails: mail.outbox,
    messages: chat.messages,
    lookups,
  };
}
