import type { Descriptor, Parameter } from "./descriptor.ts";

/**
 * The kernels in C, for a library that implements them over the same memory: a table of functions,
 * and a list of their names and numbers of parameters for macros.
 */
export function printHeader(table: Readonly<Record<string, Descriptor>>): string {
  const entries = Object.entries(table);
  const members = entries.map(([name, descriptor]) => declare(name, descriptor));
  const list = entries.map(([name, { parameters }]) => `  X(${name}, ${parameters.length})`);
  return `/* Written from the kernel contract of Weft. Do not edit. */
#ifndef WEFT_KERNELS_H
#define WEFT_KERNELS_H

#include <stdint.h>

typedef struct WeftKernels {
${members.join("\n\n")}
} WeftKernels;

/* X(name, parameters) for each kernel, in the order of the table. */
#define WEFT_KERNELS(X) \\
${list.join(" \\\n")}

#endif
`;
}

function declare(name: string, { does, parameters, returns }: Descriptor): string {
  const lines = parameters.map(parameterLine);
  const last = lines.length - 1;
  return [
    `  /* ${does} */`,
    `  ${resultTypes[returns]} (*${name})(`,
    ...lines.map(({ code, note }, k) => `      ${code}${k === last ? "" : ","}${note === "" ? "" : ` /* ${note} */`}`),
    "  );",
  ].join("\n");
}

const resultTypes = { nothing: "void", i32: "int32_t", f32: "float", f64: "double" } as const;
const elementTypes = { f32: "float", i32: "int32_t", word: "void" } as const;

function parameterLine(parameter: Parameter): { code: string; note: string } {
  const { name } = parameter;
  if (parameter.kind === "scalar") return { code: `float ${name}`, note: "" };
  if (parameter.kind !== "address") return { code: `int32_t ${name}`, note: parameter.kind === "flag" ? "0 or 1" : "" };
  const { role, element, optional, extent } = parameter;
  const type = `${role === "input" ? "const " : ""}${elementTypes[element]}`;
  const words = { input: "read", output: "written", inOut: "changed", scratch: "scratch" }[role];
  return { code: `${type} *${name}`, note: `${words}, ${extent.text}${optional ? ", or NULL" : ""}` };
}
