import { DataError, type Location } from "../errors.ts";

/**
 * `JSON.parse` with an error that says where the text stops being JSON, identical in every runtime.
 *
 * @param at where the text begins; the error's line and column count on from there
 * @throws {DataError} JSON_INVALID
 */
export function parseJson(text: string, at: Location = {}): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const { index, expected } = findFault(text);
    const before = text.slice(0, index);
    const lines = before.split("\n");
    const found = index >= text.length ? "the end" : JSON.stringify(String.fromCodePoint(text.codePointAt(index) as number));
    const firstColumn = lines.length === 1 ? (at.column ?? 1) : 1;
    throw new DataError("JSON_INVALID", {
      at: { ...at, line: (at.line ?? 1) + lines.length - 1, column: (lines.at(-1)?.length ?? 0) + firstColumn },
      message: `expected ${expected}, found ${found}`,
      hint: "each line is one complete JSON value; strings and names are in double quotes",
      cause,
    });
  }
}

const space = /[ \t\n\r]*/y;
const scalar = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y;
const stringPart = /[^"\\\u0000-\u001f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

type State = "value" | "value or ]" | "name" | "name or }" | "separator";

const expectations: Readonly<Record<State, string>> = {
  value: "a value",
  "value or ]": "a value or ]",
  name: "a name in double quotes",
  "name or }": "a name in double quotes or }",
  separator: "a comma or the closing bracket",
};

/**
 * Finds the first place where the text stops being JSON. Keeps an explicit stack, so deep nesting
 * cannot overflow the call stack.
 */
function findFault(text: string): { index: number; expected: string } {
  const open: ("{" | "[")[] = [];
  let state: State = "value";
  let index = skip(space, text, 0);
  while (index < text.length) {
    const char = text.charAt(index);
    const fault = { index, expected: expectations[state] };
    if (state === "separator") {
      const top = open.at(-1);
      if (top === undefined) return { index, expected: "nothing after the value" };
      if (char === ",") state = top === "{" ? "name" : "value";
      else if (char === (top === "{" ? "}" : "]")) open.pop();
      else return fault;
      index++;
    } else if ((char === "}" && state === "name or }") || (char === "]" && state === "value or ]")) {
      open.pop();
      state = "separator";
      index++;
    } else if (char === '"') {
      const end = stringEnd(text, index);
      if (text.charAt(end) !== '"') return { index: end, expected: "the string to continue or end" };
      index = end + 1;
      if (state === "name" || state === "name or }") {
        index = skip(space, text, index);
        if (text.charAt(index) !== ":") return { index, expected: "a colon after the name" };
        index++;
        state = "value";
      } else state = "separator";
    } else if (state === "name" || state === "name or }") {
      return fault;
    } else if (char === "{" || char === "[") {
      open.push(char);
      state = char === "{" ? "name or }" : "value or ]";
      index++;
    } else {
      const end = skip(scalar, text, index);
      if (end === index) return fault;
      index = end;
      state = "separator";
    }
    index = skip(space, text, index);
  }
  return { index, expected: expectations[state] };
}

/** The index of the closing quote, or of the first character not allowed in a string. */
function stringEnd(text: string, quote: number): number {
  let index = quote + 1;
  for (;;) {
    const end = skip(stringPart, text, index);
    if (end === index) return index;
    index = end;
  }
}

function skip(pattern: RegExp, text: string, index: number): number {
  pattern.lastIndex = index;
  return pattern.test(text) ? pattern.lastIndex : index;
}
