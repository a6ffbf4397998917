export { type ScriptedModel, type ScriptedReply, scriptedModel } from "./scripted-model.js";
