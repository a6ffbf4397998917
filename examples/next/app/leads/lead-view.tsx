import type { Lead } from "@salesagent/client";
import { useRun } from "@salesagent/client/react";
import { client } from "@/lib/client";

interface Qualification {
  readonly score: number;
  readonly tier: string;
  readonly engine: string;
  readonly nextActionReason: string;
}

interface Criterion {
  readonly name: string;
  readonly label: string;
  readonly points: number;
  readonly evidence: string;
}

/** One lead, and its qualification while it is made. */
export function LeadView({ lead }: { lead: Lead }) {
  const { status, events, output, error, reconnecting, start, stop } = useRun<Qualification>({
    client,
    agent: "qualification",
  });
  const criteria = events
    .filter(({ type }) => type === "criterion")
    .map(({ data }) => data as unknown as Criterion);
  return (
    <article>
      <h2>{String(lead.company.name)}</h2>
      <p>
        <button type="button" onClick={() => start({ leadId: lead.id })}>
          Qualify
        </button>
        {status === "running" && (
          <button type="button" onClick={stop}>
            Stop
          </button>
        )}
      </p>
      <p role="status">{reconnecting ? "reconnecting …" : status === "idle" ? "" : status}</p>
      {output && (
        <p id="score">
          {output.score} of 100, tier {output.tier}, by {output.engine}: {output.nextActionReason}
        </p>
      )}
      <table id="criteria" aria-label="Criteria">
        <tbody>
          {criteria.map(({ name, label, points, evidence }) => (
            <tr key={name}>
              <td>{label}</td>
              <td>{points} points</td>
              <td>{evidence}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {error && (
        <p role="alert">
          {error.code}: {error.message}
        </p>
      )}
    </article>
  );
}
