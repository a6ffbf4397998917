import { apiKeyStoreConformance } from "./api-key-store-conformance.js";
import { erasureStreamConformance } from "./erasure-stream-conformance.js";
import { retentionStreamConformance } from "./retention-stream-conformance.js";
import { runStatsConformance } from "./run-stats-conformance.js";
import { streamAppendConformance } from "./stream-append-conformance.js";
import { streamLifecycleConformance } from "./stream-lifecycle-conformance.js";
import { type StreamNoticeSuite, streamNoticeConformance } from "./stream-notice-conformance.js";
import { streamOverlapConformance } from "./stream-overlap-conformance.js";
import { streamStoreConformance } from "./stream-store-conformance.js";

/** What servers stand on beside agents and flows: kept streams, keys of programs, figures of runs. */
export function streamConformance(suite: StreamNoticeSuite): void {
  streamStoreConformance(suite);
  streamAppendConformance(suite);
  streamOverlapConformance(suite);
  streamNoticeConformance(suite);
  apiKeyStoreConformance(suite);
  runStatsConformance(suite);
  erasureStreamConformance(suite);
  retentionStreamConformance(suite);
  streamLifecycleConformance(suite);
}
