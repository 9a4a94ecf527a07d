import { DataError, type Location } from "../errors.ts";
import type { Fields } from "../json/fields.ts";

/** The fields that every task of the export has, next to its data and one list for each control. */
const ownFields = ["annotation_id", "annotator", "lead_time", "created_at", "updated_at"];

/** Whether a record is a task of Label Studio's JSON-MIN export, which has no relations. */
export function isJsonMin(fields: Fields): boolean {
  if (typeof fields["data"] === "object") return false;
  const own = ownFields.filter((name) => fields[name] !== undefined).length;
  return (fields["annotation_id"] !== undefined && own > 1) || Object.values(fields).some(isRegionList);
}

function isRegionList(value: unknown): boolean {
  const [first] = Array.isArray(value) ? (value as unknown[]) : [];
  if (typeof first !== "object" || first === null) return false;
  const { start, end, labels } = first as Fields;
  return start !== undefined && end !== undefined && Array.isArray(labels);
}

/** Says what to export instead. */
export function jsonMinError(at: Location): DataError {
  return new DataError("FIELD_MISSING", {
    at,
    message: "this is Label Studio's JSON-MIN export, which leaves out relations",
    hint: "in Label Studio choose Export, then JSON instead of JSON-MIN, and read that file",
  });
}
