// Begins a run for one lead, and works: `node start.mjs <run id>`. It goes on working until it is ended.
import { openAgent, tenant } from "./agent.mjs";

const { agent } = await openAgent({ work: "here" });
const lead = {
  lead: {
    company: "Figma",
    domain: "figma.com",
    industry: "Software",
    country: "US",
    employees: { min: 501, max: 1000 },
    foundedYear: 2012,
    description: "Design platform for product teams of enterprises",
  },
  contact: { email: "bo@figma.example", name: "Bo" },
};
const outcome = await agent.run(lead, { tenant, runId: process.argv[2] }).result();
console.log(`run ${outcome.runId} is ${outcome.status}`);
