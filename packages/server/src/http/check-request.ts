import { didYouMean } from "@weft-nlp/node/files";
import type { FastifySchemaCompiler } from "fastify";
import * as z from "zod";
import { RequestError } from "../errors.ts";
import { NdjsonBody } from "./ndjson.ts";

/**
 * Checks a part of a request with its zod schema; what is wrong is said as everywhere in Weft. For
 * fastify's validator.
 */
export const checkRequest: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  return (data: unknown) => {
    // Its lines are checked when they come.
    if (data instanceof NdjsonBody) return { value: data };
    const result = schema.safeParse(data);
    if (result.success) return { value: result.data };
    return { error: requestFault(result.error, httpPart === "body" ? "" : (httpPart ?? ""), schema) };
  };
};

/**
 * The first fault that a schema found, as our error.
 *
 * @param part where in the request, in front of the path
 */
export function requestFault(error: z.ZodError, part: string, schema?: z.ZodType): RequestError {
  const issue = innermost(error.issues[0]);
  const path = [...(part === "" ? [] : [part]), ...(issue?.path ?? [])];
  if (issue?.code === "unrecognized_keys") {
    const [name = ""] = issue.keys;
    const shape = schema instanceof z.ZodObject && issue.path.length === 0 ? Object.keys(schema.shape) : [];
    return new RequestError("REQUEST_INVALID", {
      at: { path: printPath([...path, name.slice(0, 60)]) },
      message: "there is no field of this name",
      hint: didYouMean(name.slice(0, 60), shape) ?? (shape.length === 0 ? undefined : `there are ${shape.join(", ")}`),
    });
  }
  return new RequestError("REQUEST_INVALID", {
    at: path.length === 0 ? undefined : { path: printPath(path) },
    message: messageOf(issue),
    hint: "docs/server.md and /openapi.json describe every request",
  });
}

function messageOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined || issue.message === "Invalid input") return "the value has none of the forms that are taken here";
  return issue.message.replace(/^Invalid input: /, "").slice(0, 300);
}

/** Where a value fits none of several forms, the fault of the form that came furthest says most. */
function innermost(issue: z.core.$ZodIssue | undefined): z.core.$ZodIssue | undefined {
  if (issue?.code !== "invalid_union") return issue;
  const faults = issue.errors.flatMap(([first]) => (first === undefined ? [] : [innermost(first) ?? first]));
  const deepest = faults.toSorted((a, b) => depthOf(b) - depthOf(a))[0];
  if (deepest === undefined || depthOf(deepest) === 0) return issue;
  return { ...deepest, path: [...issue.path, ...deepest.path] };
}

/** An unknown field stands one step further in than its object. */
function depthOf({ path, code }: z.core.$ZodIssue): number {
  return path.length + (code === "unrecognized_keys" ? 1 : 0);
}

/** `documents[3].text`. */
function printPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${String(part)}`))
    .join("");
}
