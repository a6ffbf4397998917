// Two CRMs and an app are brought in step, edited on all sides, and brought in step again; a conflict waits for a person, a dead
// letter for a corrected record.
import { createCrmSync, recordDraft } from "@salesagent/core/crm";
import { memoryStorage } from "@salesagent/storage-memory";
import { emailOf, openCrms } from "./crms.mjs";
import { tableOf } from "./table.mjs";

const tenant = "acme";
const by = "user:42"; // of your own session

/** @param {(line: string) => void} print */
export async function show(print) {
  const crms = await openCrms();
  try {
    return await live(crms, print);
  } finally {
    await crms.end();
  }
}

async function live({ clock, hubspotCrm, closeCrm, hubspotWorld, closeWorld }, print) {
  const storage = memoryStorage({ clock }); // with several processes: postgres({ connectionString })
  const connections = { hubspot: { provider: hubspotCrm }, close: { provider: closeCrm } };
  const { records } = storage.tenant(tenant);
  const sync = createCrmSync({ storage, connections, clock }).tenant(tenant);
  const pass = () => clock.advance(120_000); // searches of CRMs are behind
  const runAll = async () => {
    const runs = [];
    for (const connection of ["hubspot", "close", "hubspot"]) {
      runs.push(await printRun(sync.run(connection), connection, print));
      pass();
    }
    return runs;
  };
  const find = async (email) => (await records.findByKeys("contact", [`email:${email}`]))[0];
  const write = async (record, changes) => {
    const draft = recordDraft("contact", { ...record.fields, ...changes }, record);
    const { kind, id, revision: ifRevision } = record;
    await records.writeMany([{ op: "put", kind, id, ifRevision, draft }]);
  };

  print("1. What the first sync with HubSpot would write. Nothing is written yet");
  const first = await planOf(sync, "hubspot");
  print(tableOf(["where", "what", "kind", "records"], countsOf(first)));

  print("\n2. HubSpot into the app, Close into the app and back, and what Close had into HubSpot");
  await runAll();
  print(
    `   the app has ${await records.count("company")} companies, ${await records.count("contact")} contacts`,
  );

  print("\n3. Edits on all sides: a title in HubSpot, a number in Close, a name in both the app and HubSpot");
  const [ada, bo, cleo] = ["Ada", "Bo", "Cleo"].map((name) => emailOf(name, 15));
  const contactOf = (email) =>
    hubspotWorld.world
      .standing("contacts")
      .find((id) => hubspotWorld.world.read("contacts", id)?.properties["email"] === email);
  const closeContact = closeWorld.standing("contact").find(({ emails }) => emails?.[0]?.email === bo);
  hubspotWorld.world.edit("contacts", contactOf(ada), { jobtitle: "Head of Purchasing" });
  await closeWorld.act("PUT", `/contact/${closeContact.id}/`, {
    phones: [{ type: "office", phone: "+4930123456" }],
  });
  hubspotWorld.world.edit("contacts", contactOf(cleo), { firstname: "Cleopatra" });
  await write(await find(cleo), { firstName: "Clementine" });
  await write(await find(emailOf("Dag", 15)), { email: "dag is not reachable" });
  pass();
  const second = [...(await planOf(sync, "hubspot")), ...(await planOf(sync, "close"))];
  print(tableOf(["where", "what", "field", "stands", "would be"], changesOf(second)));

  print(
    "\n4. The sync; two values of one name are nobody's to choose, and an address that is none is refused",
  );
  await runAll();
  const { items: conflicts } = await sync.conflicts.list({ status: "open" });
  const { items: letters } = await sync.deadLetters.list({ status: "open" });
  print(tableOf(["conflict", "with", "field", "was", "app", "crm"], conflicts.map(conflictRow)));
  print(tableOf(["dead letter", "with", "what", "reason"], letters.map(letterRow)));

  print("\n5. A person takes HubSpot's name, corrects the address, and replays");
  for (const { id } of conflicts) await sync.conflicts.resolve(id, { take: "crm" }, { by });
  await write(await find("dag is not reachable"), { email: emailOf("Dag", 15) });
  for (const { id } of letters) await sync.deadLetters.replay(id, { by });
  await runAll();

  print("\n6. Once more: nothing is left to write");
  const last = await runAll();
  const status = await sync.status();
  print(
    tableOf(
      ["connection", "links", "due", "conflicts", "dead letters", "last run"],
      status.map(({ connection, links, due, openConflicts, openDeadLetters, lastRun }) => [
        connection,
        links.reduce((sum, { links: count }) => sum + count, 0),
        ...[due, openConflicts, openDeadLetters, lastRun?.status],
      ]),
    ),
  );
  return {
    first,
    second,
    conflicts,
    letters,
    status,
    contacts: await records.count("contact"),
    inHubspot: hubspotWorld.world.standing("contacts").length,
    inClose: closeWorld.standing("contact").length,
    names: {
      app: (await find(cleo))?.fields.firstName,
      hubspot: hubspotWorld.world.read("contacts", contactOf(cleo))?.properties["firstname"],
      close: closeWorld.standing("contact").find(({ emails }) => emails?.[0]?.email === cleo)?.name,
    },
    writesAtLast: last.reduce((sum, { counts }) => sum + writesOf(counts), 0),
  };
}

/** Runs a sync, and prints each kind's part of it once it is through. */
async function printRun(run, connection, print) {
  const told = new Map();
  for await (const event of run) {
    if (event.type === "progress") told.set(event.kind, event.counts);
    if (event.type !== "completed") continue;
    for (const [kind, counts] of told) {
      if (counts.read > 0) print(`   ${connection.padEnd(8)} ${kind.padEnd(8)} ${describe(counts)}`);
    }
    return event.run;
  }
}

function describe({ read, createdInApp, updatedInApp, createdInCrm, updatedInCrm }) {
  const parts = [
    ["read", read],
    ["made in the app", createdInApp],
    ["changed in the app", updatedInApp],
    ["made in the CRM", createdInCrm],
    ["changed in the CRM", updatedInCrm],
  ];
  const done = parts.filter(([, count]) => count > 0);
  return done.map(([what, count]) => `${String(count).padStart(4)} ${what}`).join(" ");
}

const writesOf = ({ createdInApp = 0, updatedInApp = 0, createdInCrm = 0, updatedInCrm = 0 }) =>
  createdInApp + updatedInApp + createdInCrm + updatedInCrm;

async function planOf(sync, connection) {
  const writes = [];
  for await (const write of sync.plan(connection)) writes.push({ ...write, connection });
  return writes;
}

function countsOf(writes) {
  const counts = new Map();
  for (const { side, connection, op, kind } of writes) {
    const key = JSON.stringify([side === "app" ? "app" : connection, op, kind]);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => [...JSON.parse(key), count]);
}

const changesOf = (writes) =>
  writes.flatMap(({ side, connection, op, changes }) =>
    Object.entries(changes).map(([field, { from, to }]) => [
      side === "app" ? "app" : connection,
      ...[op, field, from, to],
    ]),
  );

const conflictRow = ({ kind, connection, field, base, app, crm }) => [
  kind,
  connection,
  field,
  base,
  app,
  crm,
];

const letterRow = ({ kind, connection, operation, error }) => [kind, connection, operation, error.message];
