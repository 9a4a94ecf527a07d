/**
 * What makes a bundle of the packages one for the browser, where models extract and never train. A
 * test bundles the models in the same way, to compare them with those of Node.
 */
import { fileURLToPath } from "node:url";
import { parseAst } from "rolldown/parseAst";
import { Visitor } from "rolldown/utils";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * @param {Record<string, string>} input entry files of the build, by name
 * @returns {import("rolldown").InputOptions}
 */
export function browserInput(input) {
  return {
    input,
    platform: "browser",
    resolve: {
      // Kernels that are fetched in place of those that are embedded: the manifest of tensor.
      conditionNames: ["weft-fetched", "browser", "import", "default"],
      alias: { zod: `${root}packages/weft/dist/browser/small-zod.js` },
    },
    plugins: [withoutTraining],
  };
}

/** Members that only a training calls: of operations, of models, and of their heads and readers. */
const trainingMembers = new Set(["backward", "loss", "outputs", "sample", "logProb", "goldOf", "training"]);

/** What a tape says of itself in a training; `false` where models only extract. */
const tapeStates = new Set(["recording", "training"]);

/** Omits what a training needs, and the descriptions of settings. */
const withoutTraining = {
  name: "without-training",
  transform: {
    filter: { id: /packages.(core|tensor).dist/ },
    /** @param {string} code */
    handler(code) {
      /** @type {Change[]} */
      const changed = [];
      /**
       * @param {string} name
       * @param {{ start: number, end: number, computed: boolean }} node
       */
      const member = (name, { start, end, computed }) => {
        if (computed || !trainingMembers.has(name)) return;
        // The comma of an object's member goes with it.
        changed.push({ start, end: end + (/^\s*,/.exec(code.slice(end))?.[0].length ?? 0), to: "" });
      };
      new Visitor({
        MethodDefinition(node) {
          if (node.key.type === "Identifier") member(node.key.name, node);
        },
        Property(node) {
          if (node.key.type === "Identifier" && node.value.type === "FunctionExpression") member(node.key.name, node);
        },
        MemberExpression({ start, end, object, property, computed }) {
          const isTape = object.type === "Identifier" && object.name === "tape" && !computed;
          if (isTape && property.type === "Identifier" && tapeStates.has(property.name))
            changed.push({ start, end, to: "false" });
        },
        CallExpression({ callee, end }) {
          if (callee.type !== "MemberExpression" || callee.computed) return;
          if (callee.property.type === "Identifier" && callee.property.name === "describe")
            changed.push({ start: callee.object.end, end, to: "" });
        },
      }).visit(parseAst(code));
      return { code: withChanges(code, changed), map: null };
    },
  },
};

/**
 * @typedef {{ start: number, end: number, to: string }} Change
 *
 * @param {string} code
 * @param {Change[]} changes those inside another are part of it
 */
function withChanges(code, changes) {
  let changed = "";
  let at = 0;
  for (const { start, end, to } of changes.toSorted((a, b) => a.start - b.start)) {
    if (start < at) continue;
    changed += code.slice(at, start) + to;
    at = end;
  }
  return changed + code.slice(at);
}
