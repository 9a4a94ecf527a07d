import type { FastifySchemaCompiler } from "fastify";
import * as z from "zod";
import { RequestError } from "../errors.ts";
import { didYouMean } from "../files/nearest-name.ts";

/** Checks a part of a request with its zod schema; what is wrong is said as everywhere in Weft. For fastify's validator. */
export const checkRequest: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  return (data: unknown) => {
    const result = schema.safeParse(data);
    if (result.success) return { value: result.data };
    return { error: requestFault(result.error, httpPart === "body" ? "" : (httpPart ?? ""), schema) };
  };
};

/** The first fault that a schema found, as our error. @param part where in the request, in front of the path */
export function requestFault(error: z.ZodError, part: string, schema?: z.ZodType): RequestError {
  const [issue] = error.issues;
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
    message: (issue?.message ?? "the request is malformed").replace(/^Invalid input: /, "").slice(0, 300),
    hint: "docs/server.md and /openapi.json describe every request",
  });
}

/** `documents[3].text`. */
function printPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${String(part)}`))
    .join("");
}
