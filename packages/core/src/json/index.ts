export { asList, asNumber, asObject, asPair, asString, asStrings, type Fields, within } from "./fields.ts";
export { parseJson } from "./json.ts";
