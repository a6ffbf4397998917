/** What routes take and answer. `server-answers.test.ts` holds it to what the server says of itself. */

export type * from "./figure-answers.js";
export type * from "./lead-answers.js";
export type * from "./run-answers.js";
export type * from "./shared-answers.js";
export type * from "./sync-answers.js";
