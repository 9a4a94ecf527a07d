import type { Descriptor, Parameter } from "./descriptor.ts";

/** Declarations of the kernels in C, for a library that implements them over the same memory. */
export function printHeader(table: Readonly<Record<string, Descriptor>>): string {
  const declarations = Object.entries(table).map(([name, descriptor]) => declare(name, descriptor));
  return `/* Written from the kernel contract of Weft. Do not edit. */
#ifndef WEFT_KERNELS_H
#define WEFT_KERNELS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

${declarations.join("\n\n")}

#ifdef __cplusplus
}
#endif

#endif
`;
}

function declare(name: string, { does, parameters, returns }: Descriptor): string {
  const lines = parameters.map(parameterLine);
  const last = lines.length - 1;
  return [
    `/* ${does} */`,
    `${resultTypes[returns]} weft_${snakeCase(name)}(`,
    ...lines.map(({ code, note }, k) => `    ${code}${k === last ? "" : ","}${note === "" ? "" : ` /* ${note} */`}`),
    ");",
  ].join("\n");
}

const resultTypes = { nothing: "void", i32: "int32_t", f32: "float", f64: "double" } as const;
const elementTypes = { f32: "float", i32: "int32_t", word: "void" } as const;

function parameterLine(parameter: Parameter): { code: string; note: string } {
  const name = snakeCase(parameter.name);
  if (parameter.kind === "scalar") return { code: `float ${name}`, note: "" };
  if (parameter.kind !== "address") return { code: `int32_t ${name}`, note: parameter.kind === "flag" ? "0 or 1" : "" };
  const { role, element, optional, extent } = parameter;
  const type = `${role === "input" ? "const " : ""}${elementTypes[element]}`;
  const words = { input: "read", output: "written", inOut: "changed", scratch: "scratch" }[role];
  return { code: `${type} *${name}`, note: `${words}, ${extent.text}${optional ? ", or NULL" : ""}` };
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
