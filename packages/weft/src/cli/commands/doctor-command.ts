import { declareCommand } from "../declaration.ts";

export const doctorCommand = declareCommand({
  name: "doctor",
  group: "Other",
  summary: "check what Weft can use on this machine, and how fast it computes",
  details: "Takes about a second.",
  arguments: {},
  options: {},
  json: true,
  exitCodes: { 1: "something is missing that Weft needs" },
  examples: [["weft doctor", ""]],
});
