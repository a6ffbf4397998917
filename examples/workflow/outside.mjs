// What the workflow's nodes work with: one agent, four tools, and a world outside that remembers what was done to it.
import { exampleProfile, QualificationAgent } from "@salesagent/agents";
import { memoryChat, memoryEnricher, memoryMail, memorySearch } from "@salesagent/agents/rehearsal";
import { emailSend, enrichWithApollo, searchWeb, slackPost } from "@salesagent/agents/tools";
import { SalesAgentError } from "@salesagent/core";

const company = {
  name: "Example Works",
  domain: "works.example",
  industry: "Software",
  employees: { min: 200, max: 300 },
  provenance: {},
};
const page = {
  title: "Example Works opens a second office",
  url: "https://news.example/second-office",
  snippet: "News of Example Works: forty people move in by spring.",
};

export function openOutside(storage) {
  const mail = memoryMail(); // in your app: smtp({ … }) of @salesagent/agents/node
  const chat = memoryChat(); // in your app: slackApi({ token })
  const outside = { mail, chat, slackIsDown: false, lookups: 0 };
  const enricher = memoryEnricher({ companies: [company] }); // in your app: an adapter of your vendor
  const registry = {
    agents: [new QualificationAgent({ profile: exampleProfile, storage })], // add `model` to reason on top of the rules
    tools: [
      enrichWithApollo({
        ...enricher,
        company: (hints, call) => counted(outside, enricher.company(hints, call)),
      }),
      searchWeb({ backend: memorySearch([page]) }), // in your app: searxng({ baseUrl }) or perplexity({ apiKey })
      emailSend({
        transport: mail,
        from: "Ada Byron <ada@seller.example>",
        mayWriteTo: ["bo@works.example"],
      }),
      slackPost({
        poster: { ...chat, post: (...args) => post(outside, args) },
        channels: { sales: "C0123456789" },
      }),
    ],
  };
  return { outside, registry };
}

function counted(outside, answer) {
  outside.lookups += 1;
  return answer;
}

async function post(outside, args) {
  if (!outside.slackIsDown) return outside.chat.post(...args);
  throw new SalesAgentError("service.unavailable", {
    message: "Slack can't be reached, and nothing was posted",
    facts: { service: "slack" },
    replay: "safe", // it is certain that nothing happened, so that the step may be done again
  });
}
