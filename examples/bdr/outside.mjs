// The world outside: a calendar and a mail server in one process that nobody kills. It does whatever it is asked, also twice,
// and keeps in memory what it did. `--slow-booking 5000` answers a booking only after so many milliseconds.
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { "slow-booking": { type: "string", default: "0" } } });
const mails = [];
const meetings = [];

/** Three working hours of the day after tomorrow. */
function freeSlots() {
  const day = new Date();
  day.setUTCDate(day.getUTCDate() + 2);
  return [8, 9, 13].map((hour) => ({
    startsAt: new Date(day.setUTCHours(hour, 0, 0, 0)).toISOString(),
    endsAt: new Date(day.setUTCHours(hour, 30, 0, 0)).toISOString(),
  }));
}

const toOutcome = (meeting) => meeting && { status: "booked", meetingId: meeting.meetingId };

async function book(asked) {
  const meeting = { ...asked, meetingId: `meeting-${meetings.length + 1}` };
  meetings.push(meeting);
  await sleep(Number(values["slow-booking"]));
  return toOutcome(meeting);
}

async function answer(request) {
  const { pathname, searchParams } = new URL(request.url, "http://outside");
  let body = "";
  for await (const part of request.setEncoding("utf8")) body += part;
  const asked = body === "" ? undefined : JSON.parse(body);
  if (pathname === "/log") return { mails, meetings };
  if (pathname === "/slots") return freeSlots();
  if (pathname === "/mails" && asked) return mails.push(asked);
  if (pathname === "/mails") return mails.find((mail) => mail.messageId === searchParams.get("messageId"));
  if (asked) return book(asked);
  return toOutcome(meetings.find((one) => one.idempotencyKey === searchParams.get("idempotencyKey")));
}

const server = createServer((request, response) => {
  answer(request).then(
    (value) => response.setHeader("content-type", "application/json").end(JSON.stringify(value ?? null)),
    () => response.destroy(), // the asker was killed in the middle of asking
  );
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
