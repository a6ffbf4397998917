import { flowConformance } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { memoryStorage } from "./memory-storage.js";

flowConformance({ describe, it, expect }, async () => memoryStorage());
