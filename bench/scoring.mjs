/**
 * Rules scoring: leads a second on one core, with a profile of 12 criteria of every kind, over 100,000 different leads
 * of which a good part is unknown. A bare loop that only reads the leads runs in the same rounds, as the floor.
 */
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { compileProfile } from "@salesagent/agents";

const TARGET_PER_SECOND = 200_000;

/** @type {import("@salesagent/agents").IdealCustomerProfile} */
const profile = {
  name: "Bench",
  criteria: [
    {
      kind: "range",
      name: "head count",
      field: "company.employees",
      min: 50,
      max: 500,
      falloff: 40,
      weight: 20,
      required: true,
    },
    {
      kind: "range",
      name: "revenue",
      field: "company.revenueUsd",
      min: 5e6,
      max: 1e8,
      falloff: 4e6,
      weight: 8,
    },
    {
      kind: "range",
      name: "founded",
      field: "company.foundedYear",
      min: 2008,
      max: 2020,
      falloff: 5,
      weight: 6,
    },
    {
      kind: "one-of",
      name: "country",
      field: "company.country",
      values: ["EU", "UK&I", "US&C"],
      partly: ["ANZ"],
      weight: 12,
    },
    {
      kind: "one-of",
      name: "industry",
      field: "company.industry",
      values: ["Software", "Fintech", "Media"],
      weight: 12,
    },
    {
      kind: "one-of",
      name: "stage",
      field: "company.fundingStage",
      values: ["Series A", "Series B", "Series C"],
      weight: 5,
    },
    { kind: "one-of", name: "closed", field: "company.status", values: ["inactive"], exclude: true },
    { kind: "one-of", name: "batch", field: "custom.Batch", values: ["W21", "S21", "W22"], weight: 2 },
    {
      kind: "keywords",
      name: "sells",
      fields: ["company.description", "company.keywords"],
      words: ["sales", "outbound", "crm", "pipeline", "revenue operations"],
      match: 2,
      weight: 12,
    },
    {
      kind: "keywords",
      name: "agency",
      fields: ["company.description"],
      words: ["agency", "consult*", "outsourcing"],
      negative: true,
      weight: 10,
    },
    { kind: "technology", name: "stack", uses: ["Salesforce", "HubSpot", "Node.js"], weight: 8 },
    {
      kind: "present",
      name: "reachable",
      fields: ["contact.email", "contact.phone", "company.domain"],
      weight: 5,
    },
  ],
};

/** A small generator of its own, so that every run scores the same leads. @param {number} seed */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** @param {number} count */
function makeLeads(count) {
  const random = seeded(42);
  /** @template T @param {readonly T[]} list @returns {T} */
  const pick = (list) => /** @type {T} */ (list[Math.floor(random() * list.length)]);
  const phrases = [
    "sales teams",
    "a CRM for clinics",
    "pipeline reviews",
    "Café tills",
    "payroll",
    "consulting",
    "drones",
  ];
  const at = new Date(0).toISOString();
  const provenance = { source: "csv:bench.csv", at };
  return Array.from({ length: count }, (_, index) => {
    const size = Math.floor(10 ** (random() * 4));
    /** @type {Record<string, unknown>} */
    const company = {
      name: `Company ${index}`,
      domain: `company-${index}.example`,
      provenance: { employees: provenance, country: provenance, industry: provenance },
    };
    if (random() < 0.9)
      company["employees"] = random() < 0.5 ? { min: size, max: size } : { min: size, max: size * 4 };
    if (random() < 0.9) company["country"] = pick(["US", "GB", "DE", "FR", "IN", "BR", "AU", "SG"]);
    if (random() < 0.9) company["industry"] = pick(["Software", "FINTECH", "Retail", "Media", "Gaming"]);
    if (random() < 0.8) company["foundedYear"] = 1990 + Math.floor(random() * 35);
    if (random() < 0.3) company["revenueUsd"] = { min: size * 1e5, max: size * 2e5 };
    if (random() < 0.4) company["fundingStage"] = pick(["Seed", "Series A", "Series B", "Series D"]);
    if (random() < 0.7) company["status"] = pick(["active", "active", "inactive", "acquired"]);
    if (random() < 0.5)
      company["technologies"] = [pick(["salesforce", "NodeJS", "SAP"]), pick(["React", "Hub Spot"])];
    if (random() < 0.7) {
      company["description"] =
        `Company ${index} makes ${pick(phrases)} simple, with ${pick(phrases)} and ${pick(phrases)} for teams in ${size} places of the world.`;
    }
    const custom = { Batch: pick(["W21", "S22", "W23"]) };
    return random() < 0.5
      ? { company, custom }
      : { company, custom, contact: { email: `a@company-${index}.example` } };
  });
}

/** @param {readonly number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

/**
 * One pass over the leads.
 *
 * @param {readonly object[]} leads
 * @param {(lead: any) => number} task
 * @returns {{ wall: number, cpu: number }} Leads a second of wall time, and of CPU time.
 */
function measure(leads, task) {
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  let total = 0;
  for (const lead of leads) total += task(lead);
  const wallMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  if (!Number.isFinite(total)) throw new Error("a score is not a number");
  return { wall: (leads.length / wallMs) * 1e3, cpu: (leads.length / (user + system)) * 1e6 };
}

/** @param {string} name @param {readonly number[]} perSecond */
function line(name, perSecond) {
  const show = (/** @type {number} */ value) => Math.round(value).toLocaleString("en").padStart(12);
  return `${name.padEnd(26)}${show(median(perSecond))}${show(Math.min(...perSecond))}${show(Math.max(...perSecond))}\n`;
}

/** @param {{ rounds?: number, quick?: boolean }} [options] */
export async function run({ rounds = 7, quick = false } = {}) {
  const leads = makeLeads(quick ? 10_000 : 100_000);
  const compiled = compileProfile(profile);
  const score = (/** @type {any} */ lead) => compiled.score(lead).score;
  const floor = (/** @type {any} */ lead) =>
    (lead.company.employees?.min ?? 0) + (lead.company.description?.length ?? 0);
  measure(leads, score); // warms up
  /** @type {{ wall: number[], cpu: number[], floor: number[] }} */
  const samples = { wall: [], cpu: [], floor: [] };
  for (let round = 0; round < Math.max(rounds, 5); round += 1) {
    samples.floor.push(measure(leads, floor).wall);
    const { wall, cpu } = measure(leads, score);
    samples.wall.push(wall);
    samples.cpu.push(cpu);
  }
  process.stdout.write(
    `rules scoring, ${profile.criteria.length} criteria, ${leads.length} leads, Node ${process.version}, ${cpus()[0]?.model ?? "?"}\n`,
  );
  process.stdout.write(
    `${"leads a second".padEnd(26)}${"median".padStart(12)}${"min".padStart(12)}${"max".padStart(12)}\n`,
  );
  process.stdout.write(line("score, wall time", samples.wall));
  process.stdout.write(line("score, CPU time", samples.cpu));
  process.stdout.write(line("reading two fields (floor)", samples.floor));
  process.stdout.write(`target: ≥ ${TARGET_PER_SECOND.toLocaleString("en")} leads a second a core\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await run();
