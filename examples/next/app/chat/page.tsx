"use client";

import { useChat } from "@ai-sdk/react";
import { DefaultChatTransport } from "ai";
import Link from "next/link";
import { useEffect, useState } from "react";

const transport = new DefaultChatTransport({ api: "/sales/chat/assistant" });

/** The chat's id is in the address: a page that is loaded anew goes on with the answer that is under way. */
export default function Chat() {
  const [id, setId] = useState("");
  useEffect(() => {
    const known = location.hash.slice(1) || crypto.randomUUID();
    history.replaceState(null, "", `#${known}`);
    setId(known);
  }, []);
  return id && <Conversation id={id} />;
}

/** The AI SDK's own hook: the server speaks its protocol. */
function Conversation({ id }: { id: string }) {
  const { messages, sendMessage, status, error } = useChat({ id, resume: true, transport });
  const [question, setQuestion] = useState("");
  const isAnswering = status === "submitted" || status === "streaming";
  return (
    <main>
      <header>
        <h1>Assistant</h1>
        <Link href="/leads">Leads</Link>
      </header>
      <ol id="messages" aria-live="polite">
        {messages.map(({ id, role, parts }) => (
          <li key={id}>
            <strong>{role === "user" ? "You" : "Assistant"}</strong>{" "}
            {parts.map((part) => (part.type === "text" ? part.text : "")).join("")}
          </li>
        ))}
      </ol>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void sendMessage({ text: question });
          setQuestion("");
        }}
      >
        <label>
          Question <input value={question} onChange={(event) => setQuestion(event.target.value)} />
        </label>
        <button type="submit" disabled={question === "" || isAnswering}>
          Ask
        </button>
      </form>
      {error && <p role="alert">{error.message}</p>}
    </main>
  );
}
