import { didYouMean } from "@weft-nlp/core/text";
import type { FastifySchemaCompiler } from "fastify";
import * as z from "zod";
import { RequestError } from "../errors.ts";
import { NdjsonBody } from "./ndjson.ts";

/**
 * Fastify's validator: checks a part of a request with its zod schema and reports faults as Weft
 * errors.
 */
export const checkRequest: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  return (data: unknown) => {
    // Its lines are checked as they arrive.
    if (data instanceof NdjsonBody) return { value: data };
    const result = schema.safeParse(data);
    if (result.success) return { value: result.data };
    return { error: requestFault(result.error, httpPart === "body" ? "" : (httpPart ?? ""), schema) };
  };
};

/**
 * Turns the first fault that a schema found into an error.
 *
 * @param part the part of the request, prefixed to the path
 */
export function requestFault(error: z.ZodError, part: string, schema?: z.ZodType): RequestError {
  const issue = innermost(error.issues[0]);
  const path = [...(part === "" ? [] : [part]), ...(issue?.path ?? [])];
  if (issue?.code === "unrecognized_keys") {
    const [name = ""] = issue.keys;
    const shape = schema instanceof z.ZodObject && issue.path.length === 0 ? Object.keys(schema.shape) : [];
    return new RequestError("REQUEST_INVALID", {
      at: { path: printPath([...path, name.slice(0, 60)]) },
      message: "unknown field",
      hint: didYouMean(name.slice(0, 60), shape) ?? (shape.length === 0 ? undefined : `the fields are ${shape.join(", ")}`),
    });
  }
  return new RequestError("REQUEST_INVALID", {
    at: path.length === 0 ? undefined : { path: printPath(path) },
    message: messageOf(issue),
    hint: "docs/server.md and /openapi.json describe every request",
  });
}

function messageOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined || issue.message === "Invalid input") return "the value has none of the accepted forms";
  return issue.message.replace(/^Invalid input: /, "").slice(0, 300);
}

/** If a value fits none of several forms, reports the fault of the form that matched furthest. */
function innermost(issue: z.core.$ZodIssue | undefined): z.core.$ZodIssue | undefined {
  if (issue?.code !== "invalid_union") return issue;
  const faults = issue.errors.flatMap(([first]) => (first === undefined ? [] : [innermost(first) ?? first]));
  const maxDepth = faults.toSorted((a, b) => depthOf(b) - depthOf(a))[0];
  if (maxDepth === undefined || depthOf(maxDepth) === 0) return issue;
  return { ...maxDepth, path: [...issue.path, ...maxDepth.path] };
}

/** An unknown field is one step deeper than its object. */
function depthOf({ path, code }: z.core.$ZodIssue): number {
  return path.length + (code === "unrecognized_keys" ? 1 : 0);
}

/** `documents[3].text`. */
function printPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${String(part)}`))
    .join("");
}
