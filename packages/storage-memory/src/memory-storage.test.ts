import { storageConformance } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { memoryStorage } from "./memory-storage.js";

storageConformance({ describe, it, expect }, async () => memoryStorage());
