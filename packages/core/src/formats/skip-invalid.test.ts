import { expect, test } from "vitest";
import { readFiles } from "../testing/describe-format.ts";
import { inputFormats } from "./formats.ts";

const sp = (relation: object) => ({
  tokens: ["Ada", "runs", "Acme"],
  entities: [{ type: "PER", start: 0, end: 1 }],
  relations: [relation],
});
const good = { head: 0, tail: 0, type: "r" };
const lines = (...values: unknown[]): string => values.map((value) => JSON.stringify(value)).join("\n");
const text = "Ada runs Acme";
const ubiai = (relations: readonly object[]) => ({
  document: text,
  tokens: [{ text: "Ada", start: 0, end: 3, token_start: 0, token_end: 0, entityLabel: "PER" }],
  relations,
});
const pair = (id: string, end: number) => ({
  id,
  token: ["Ada", "runs", "Acme"],
  h: { name: "Ada", pos: [0, end] },
  t: { name: "Acme", pos: [2, 3] },
  relation: "r",
});

/** Files of three records in which the second is invalid. */
const files: readonly (readonly [format: string, main: string, fault: string])[] = [
  ["jsonl", lines(sp(good), sp({ head: 0, tail: 7, type: "r" }), sp(good)), "main:2 relations[0].tail"],
  ["jsonl", `${lines(sp(good))}\n{"tokens":\n${lines(sp(good))}`, "main:2:11"],
  ["jsonl", JSON.stringify([{ text }, 7, { text }]), "main:1 [1]"],
  ["spert", JSON.stringify([sp(good), sp({ head: 0, tail: 7, type: "r" }), sp(good)]), "main:1 [1].relations[0].tail"],
  ["spert", `[${lines(sp(good))},{"tokens":},${lines(sp(good))}]`, "main:1:"],
  [
    "doccano",
    lines({ text, entities: [] }, { text, relations: [{ from_id: 1, to_id: 2, type: "r" }] }, { text }),
    "main:2 relations[0].from_id",
  ],
  [
    "prodigy",
    lines({ text, spans: [] }, { text, spans: [{ start: 5, end: 99, label: "X" }] }, { text, spans: [] }),
    "main:2 spans[0]",
  ],
  [
    "scierc",
    lines({ sentences: [["a"]] }, { sentences: [["b"]], ner: [[[0, 5, "X"]]] }, { sentences: [["c"]] }),
    "main:2 [1].ner[0][0]",
  ],
  [
    "gliner",
    JSON.stringify([{ tokenized_text: ["a"] }, { tokenized_text: ["b"], ner: [[0, 9, "X"]] }, { tokenized_text: ["c"] }]),
    "main:1 [1].ner[0]",
  ],
  ["conll", "a O\n\nb\n\nc O\n", "main:3"],
  ["multihead", "#doc 1\n0\ta\tO\t['N']\t[0]\n#doc 2\n0\ta\tO\t['r']\t[5]\n#doc 3\n0\tc\tO\t['N']\t[0]\n", "main:4"],
  ["multihead", "#doc 1\n0\ta\tO\t['N']\t[0]\n#doc 2\n7\ta\tO\t['N']\t[0]\n#doc 3\n0\tc\tO\t['N']\t[0]\n", "main:4"],
  ["conll04", "0\tO\t0\tO\tN\ta\tO\tO\tO\n\n1\tO\t0\tO\tN\tb\tO\tO\tO\n\n0\t9\tr\n\n2\tO\t0\tO\tN\tc\tO\tO\tO\n", "main:5"],
  ["label-studio", JSON.stringify([{ data: { text } }, { data: {}, annotations: [] }, { data: { text } }]), "main:1 [1].data"],
  ["conllu", "1\ta\tO\n2\tb\tO\n\n# relations = 1;1;9;9;r\n1\ta\tO\n2\tb\tO\n\n1\ta\tO\n2\tc\tO\n", "main:4"],
  [
    "ubiai",
    JSON.stringify([ubiai([]), ubiai([{ head: 9, child: 0, relationLabel: "r" }]), ubiai([])]),
    "main:1 [1].relations[0].head",
  ],
  ["pubtator", "1|t|Ada left\n\n2|t|Bo left\n2\t0\t99\tBo\tPER\tx\n\n3|t|Cy left\n", "main:4"],
  [
    "bioc-json",
    JSON.stringify({
      documents: [
        { id: "a", passages: [] },
        { id: "b", passages: 7 },
        { id: "c", passages: [] },
      ],
    }),
    "main:1 [0].documents[1].passages",
  ],
  ["opennre", lines(pair("a", 1), pair("b", 99), pair("c", 1)), "main:2"],
  ["pairs", "sentence,relation,head,tail\nAda led Acme,r,Ada,Acme\nBo left,r,,Bo\nCy led Bolt,r,Cy,Bolt\n", "main:3"],
];

test.each(files)("%s: the documents around an invalid one are read, and it is reported", async (name, main, fault) => {
  const format = inputFormats.get(name);
  await expect(readFiles(format, { "": main })).rejects.toThrow(fault);
  const faults: string[] = [];
  const { documents } = await readFiles(format, { "": main }, { onInvalid: ({ message }) => faults.push(message) });
  expect(documents).toHaveLength(2);
  expect(faults).toEqual([expect.stringContaining(fault)]);
});
