"use client";

import type { Lead } from "@salesagent/client";
import Link from "next/link";
import { useEffect, useState } from "react";
import { client } from "@/lib/client";
import { LeadView } from "./lead-view";

export default function Leads() {
  const [leads, setLeads] = useState<readonly Lead[]>([]);
  const [shown, setShown] = useState<Lead>();
  const [error, setError] = useState<string>();

  useEffect(() => {
    const controller = new AbortController();
    client.leads
      .list({ limit: 20, signal: controller.signal })
      .next()
      .then(({ value: page }) => setLeads(page?.items ?? []))
      .catch((failure: Error) => controller.signal.aborted || setError(failure.message));
    return () => controller.abort();
  }, []);

  return (
    <main>
      <header>
        <h1>Leads</h1>
        <Link href="/chat">Ask the assistant</Link>
      </header>
      {error && <p role="alert">{error}</p>}
      <div className="columns">
        <nav aria-label="Leads">
          <ul>
            {leads.map((lead) => (
              <li key={lead.id}>
                <button type="button" onClick={() => setShown(lead)}>
                  {String(lead.company.name)}
                </button>
              </li>
            ))}
          </ul>
        </nav>
        {shown && <LeadView key={shown.id} lead={shown} />}
      </div>
    </main>
  );
}
