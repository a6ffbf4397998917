/** What a job of the benchmark carries. */
export const PAYLOAD = { leadId: "0199b3a0-0000-7000-8000-000000000000", step: "enrich", tags: ["a", "b"] };
