export {
  type MemoryCalendar,
  type MemoryCalendarOptions,
  memoryCalendar,
  type RehearsedMeeting,
} from "./memory-calendar.js";
export { type MemoryChat, memoryChat } from "./memory-chat.js";
export { memoryCrmSearch } from "./memory-crm-search.js";
export { memoryEnricher } from "./memory-enricher.js";
export { memoryKnowledge } from "./memory-knowledge.js";
export { type MemoryMail, memoryMail } from "./memory-mail.js";
export { memoryProfileReader } from "./memory-profile-reader.js";
export { type MemoryReplies, memoryReplies } from "./memory-replies.js";
export { memorySearch } from "./memory-search.js";
export { rehearsalSpeech, rehearsalTranscriber } from "./rehearsal-speech.js";
