export {
  type ScriptedModel,
  type ScriptedModelName,
  type ScriptedReply,
  scriptedModel,
} from "./scripted-model.js";
