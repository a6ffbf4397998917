import { describe, expect, it } from "vitest";
import { languageModelConformance } from "./suite.js";
import { toySetup } from "./testing/toy-model.js";

languageModelConformance({ describe, it, expect }, toySetup());
