import type { JsonValue, StreamEvent } from "@salesagent/client";
import { formatDuration, formatUsd } from "./figures.js";
import { isObject, toNumber, toText } from "./json-values.js";

/** A thing that a run told, in words. */
export interface StepWords {
  readonly seq: number;
  readonly text: string;
  /** What stands behind it, such as a tool's arguments. */
  readonly detail?: JsonValue;
  readonly tone: "plain" | "good" | "bad" | "waits";
}

/** One line for each event; nothing for those that say nothing to a person. */
export function stepWords({ seq, type, data }: StreamEvent): StepWords | undefined {
  const fields = isObject(data) ? data : {};
  const name = toText(fields["name"]);
  const say = (text: string, rest: Partial<StepWords> = {}): StepWords => ({
    seq,
    text,
    tone: "plain",
    ...rest,
  });
  const detail = (value: JsonValue | undefined) => (value === undefined ? {} : { detail: value });
  switch (type) {
    case "run-started":
      return say(`${toText(fields["agent"]) || "The run"} began`);
    case "run-resumed":
      return say("Goes on");
    case "step-started":
      return say(`Step ${(toNumber(fields["index"]) ?? 0) + 1}: ${name}${recalled(fields["recalled"])}`);
    case "tool-started":
      return say(`Tool ${name}${recalled(fields["recalled"])}`, detail(fields["input"]));
    case "tool-finished": {
      const failed = fields["failed"] === true;
      const took = formatDuration(toNumber(fields["latencyMs"]));
      const tone = failed ? "bad" : "good";
      return say(`Tool ${name} ${failed ? "failed" : "is done"}, ${took}`, {
        tone,
        ...detail(fields["output"]),
      });
    }
    case "criterion":
      return say(`${toText(fields["label"])}: ${toText(fields["outcome"])}. ${toText(fields["evidence"])}`);
    case "rules-scored":
      return say(`By the rules: ${toNumber(fields["score"])}, tier ${toText(fields["tier"])}`);
    case "degraded":
      return say("The model could not be used: the rules' score stands", { tone: "bad", detail: data });
    case "output-rejected":
      return say("The answer had the wrong shape and is asked for again", { tone: "bad", detail: data });
    case "approval-requested":
      return say(`Waits for an approval of ${toText(fields["tool"])}`, { tone: "waits" });
    case "run-completed":
      return say(`Done${summary(fields["summary"])}`, { tone: "good" });
    case "run-failed":
      return say(`Failed: ${toText(fields["code"])}. ${toText(fields["message"])}`, { tone: "bad" });
    case "run-cancelled":
      return say("Stopped", { tone: "bad" });
    case "node-started":
      return say(`Node ${name || toText(fields["node"])}`);
    default:
      return undefined;
  }
}

const recalled = (value: JsonValue | undefined): string => (value === true ? " (done before)" : "");

function summary(value: JsonValue | undefined): string {
  if (!isObject(value)) return "";
  return `, ${formatDuration(toNumber(value["latencyMs"]))}, ${formatUsd(toNumber(value["costUsd"]))}`;
}
