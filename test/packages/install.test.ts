import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeTinyCorpus } from "../e2e/tiny-corpus.ts";
import { installedWith, installNative, installPacked, root } from "./packed-packages.ts";

const model = join(root, "examples/model");

test("the library for extraction and training installs at most 15 packages, and no server", () => {
  const names = [...installedWith("@weft-nlp/node").keys()];
  expect(names.length).toBeLessThanOrEqual(15);
  expect(names).not.toContain("fastify");
  expect(names).not.toContain("pino");
});

test("@weft-nlp/node from its tarballs extracts in an empty folder, and names the packages that RDF and PDF need", () => {
  const folder = installPacked("@weft-nlp/node");
  writeFileSync(join(folder, "notes.pdf"), "%PDF-1.4\n");
  const program = `
    import { triplesOf } from "@weft-nlp/core";
    import { Extractor } from "@weft-nlp/node";
    import { readInput } from "@weft-nlp/node/files";
    import { openTriples, tripleFormats } from "@weft-nlp/node/triples";
    const extractor = await Extractor.open(${JSON.stringify(model)});
    const document = await extractor.text("Mara Voss founded Kettle Robotics in Bremen and still leads it.");
    await extractor.close();
    console.log(triplesOf(document).map(({ relation }) => relation).join(" "));
    try {
      const output = await openTriples("graph.nt", tripleFormats.ntriples);
      await output.write(document);
      await output.close();
    } catch (error) {
      console.log(error.code, error.hint);
    }
    try {
      for await (const _ of readInput("notes.pdf")) break;
    } catch (error) {
      console.log(error.code, error.at.source, error.hint);
    }
  `;
  expect(runModule(folder, program)).toBe(
    "founded leads based_in\nPACKAGE_MISSING npm install n3; the package weft-nlp includes it\n" +
      "PACKAGE_MISSING notes.pdf npm install unpdf\n",
  );
});

test("@weft-nlp/node computes with WebAssembly until the native package of this platform is there", ({ skip }) => {
  const folder = installPacked("@weft-nlp/node");
  const program = `
    import { Extractor } from "@weft-nlp/node";
    const extractor = await Extractor.open(${JSON.stringify(model)}, { threads: 2 });
    const { relations } = await extractor.text("Mara Voss founded Kettle Robotics in Bremen and still leads it.");
    console.log(extractor.model.engine.build, relations.map(({ type }) => type).join(" "));
    await extractor.close();
  `;
  expect(runModule(folder, program)).toBe("relaxed founded leads based_in\n");
  if (!installNative(folder)) skip("no native kernels were built here");
  expect(runModule(folder, program)).toBe("native founded leads based_in\n");
  const { optionalDependencies } = JSON.parse(
    readFileSync(join(folder, "node_modules/@weft-nlp/native/package.json"), "utf8"),
  ) as { optionalDependencies: Record<string, string> };
  expect(Object.keys(optionalDependencies)).toContain("@weft-nlp/native-linux-arm64-musl");
});

test("weft-nlp from its tarballs type-checks with every module resolution, runs and takes a plugin", () => {
  const folder = installPacked("weft-nlp");
  mkdirSync(join(folder, "node_modules/@types"));
  symlinkSync(join(root, "node_modules/@types/node"), join(folder, "node_modules/@types/node"));
  symlinkSync(join(root, "node_modules/undici-types"), join(folder, "node_modules/undici-types"));
  writeFileSync(
    join(folder, "program.ts"),
    `import { Extractor, triplesOf, WeftError } from "weft-nlp";
     import { formats } from "weft-nlp/formats";
     import { SentenceEncoder, operations } from "weft-nlp/encoders";
     import { evaluate } from "weft-nlp/metrics";
     import { defineModel, type Plugin } from "weft-nlp/models";
     import { createServer } from "weft-nlp/server";
     import { trainRun } from "weft-nlp";
     export const names: string[] = Object.keys(formats);
     export const register: Plugin = (registry) => void registry;
     export const parts = [SentenceEncoder, operations, defineModel];
     export const all = [Extractor, triplesOf, WeftError, evaluate, createServer, trainRun];
    `,
  );
  for (const [module, moduleResolution] of [
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ] as const) {
    const compilerOptions = {
      module,
      moduleResolution,
      target: "es2023",
      lib: ["es2023"],
      types: ["node"],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.ts"] }));
    execFileSync(process.execPath, [join(root, "node_modules/tsc7/bin/tsc"), "-p", folder], { encoding: "utf8" });
  }
  const bin = join(folder, "node_modules/weft-nlp/bin/weft.js");
  const said = execFileSync(process.execPath, [bin, "extract", model], {
    input: "Mara Voss founded Kettle Robotics in Bremen.\n",
    encoding: "utf8",
    cwd: folder,
    stdio: ["pipe", "pipe", "ignore"],
  });
  expect(said).toContain('"founded"');
  cpSync(join(root, "examples/own-model"), join(folder, "own-model"), { recursive: true });
  const schema = execFileSync(process.execPath, [bin, "schema", "--plugin", "./own-model"], { encoding: "utf8", cwd: folder });
  expect(schema).toContain('"tags-and-pairs"');
});

test("weft-nlp from its tarballs trains on threads and in several runs at a time, and finds the word vectors", () => {
  const folder = installPacked("weft-nlp");
  writeTinyCorpus(folder);
  const bin = join(folder, "node_modules/weft-nlp/bin/weft.js");
  const compute = "--seeds 2 --jobs 2 --threads 4 --set training.epochs=1".split(" ");
  const vectors = "--set vectors=auto --set model.inputs.words.size=100".split(" ");
  const said = execFileSync(process.execPath, [bin, "repeat", "weft.yaml", "--run", "r", ...compute, ...vectors], {
    encoding: "utf8",
    cwd: folder,
    stdio: ["ignore", "pipe", "ignore"],
  });
  expect(said).toContain("Over 2 runs (n = 2)");
  expect(readdirSync(join(folder, "r/seed-2/model"))).toContain("vectors.bin");
});

function runModule(folder: string, program: string): string {
  const file = join(folder, "program.mjs");
  writeFileSync(file, program);
  return execFileSync(process.execPath, [file], { encoding: "utf8", cwd: folder });
}
