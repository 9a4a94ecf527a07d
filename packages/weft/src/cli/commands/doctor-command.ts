import { declareCommand } from "../declaration.ts";

export const doctorCommand = declareCommand({
  name: "doctor",
  group: "Around",
  summary: "check what this machine offers Weft, and how fast it computes",
  details: "Takes about a second.",
  arguments: {},
  options: {},
  json: true,
  exitCodes: { 1: "something is missing that Weft needs" },
  examples: [["weft doctor", ""]],
});
