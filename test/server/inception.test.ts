import { readXml } from "@weft-nlp/core/formats";
import { expect, test } from "vitest";
import { type Answer, send, startServer } from "./test-server.ts";

// Line ends, quotes, a letter of two UTF-16 units and an array survive the way there and back.
const text = '🚀 "Mara Voss" & Co.\nMara Voss founded Kettle Robotics in Bremen.';
const at = (words: string): string => {
  const start = text.lastIndexOf(words);
  return `begin="${start}" end="${start + words.length}"`;
};
const sofaString = text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("\n", "&#10;");
const xmi = `<?xml version="1.0" encoding="UTF-8"?><xmi:XMI xmlns:tcas="http:///uima/tcas.ecore" xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore" xmlns:custom="http:///custom.ecore" xmi:version="2.0">
  <cas:NULL xmi:id="0"/>
  <tcas:DocumentAnnotation xmi:id="8" sofa="1" begin="0" end="${text.length}" language="en"/>
  <custom:Span xmi:id="20" sofa="1" ${at("Mara Voss")} label="PER"/>
  <custom:Span xmi:id="31" sofa="1" ${at("Kettle Robotics")} label="ORG"><notes>one &lt;two&gt;</notes></custom:Span>
  <cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" mimeType="text" sofaString="${sofaString}"/>
  <cas:View sofa="1" members="8 20 31"/>
</xmi:XMI>`;

const feature = (name: string, range: string): string =>
  `<featureDescription><name>${name}</name><description/><rangeTypeName>${range}</rangeTypeName></featureDescription>`;
const layer = (name: string, features: string): string =>
  `<typeDescription><name>${name}</name><supertypeName>uima.tcas.Annotation</supertypeName><features>${features}</features></typeDescription>`;
const ends = feature("Governor", "custom.Span") + feature("Dependent", "custom.Span");
const typeSystem = `<?xml version="1.0" encoding="UTF-8"?><typeSystemDescription xmlns="http://uima.apache.org/resourceSpecifier"><types>${layer(
  "custom.Span",
  feature("label", "uima.cas.String"),
)}${layer("custom.Relation", ends + feature("label", "uima.cas.String"))}</types></typeSystemDescription>`;

const request = (name: string, document = xmi): string =>
  JSON.stringify({
    metadata: { layer: name, feature: "label", projectId: 1337, anchoringMode: "tokens", crossSentence: false },
    document: { xmi: document, documentId: 42, userId: "anna" },
    typeSystem,
  });

const ask = async (url: string, body: string): Promise<Answer> =>
  send(`${url}/inception/predict`, { headers: { "content-type": "application/json" }, body });

test("suggests spans with scores, and gives back the rest of the document as it was", async () => {
  const { url } = await startServer();
  const { status, json } = await ask(url, request("custom.Span"));
  expect(status).toBe(200);
  const { document } = json as { document: string };
  const root = await readXml([document], undefined);
  const predicted = (root?.children ?? []).filter(({ attributes }) => attributes["inception_internal_predicted"] === "true");
  const words = predicted.map(({ attributes: { begin, end, label } }) => [text.slice(Number(begin), Number(end)), label]);
  expect(words).toEqual(
    expect.arrayContaining([
      ["Kettle Robotics", "ORG"],
      ["Bremen", "LOC"],
    ]),
  );
  for (const { name, attributes } of predicted) {
    expect(root?.attributes[`xmlns:${name.split(":")[0]}`]).toBe("http:///custom.ecore");
    expect(Number(attributes["label_score"])).toBeGreaterThan(0);
    expect(Number(attributes["xmi:id"])).toBeGreaterThan(31);
  }
  const before = await readXml([xmi], undefined);
  const others = (root?.children ?? []).slice(predicted.length);
  const members = ["8 20 31", ...predicted.map(({ attributes }) => attributes["xmi:id"])].join(" ");
  expect(others.map(({ name, attributes, children }) => [name, attributes, children.map(({ text }) => text)])).toEqual(
    before?.children.map(({ name, attributes, children }) => [
      name,
      name === "cas:View" ? { ...attributes, members } : attributes,
      children.map(({ text }) => text),
    ]),
  );
});

test("relates the annotations that are there", async () => {
  const { url } = await startServer();
  const { document } = (await ask(url, request("custom.Relation"))).json as { document: string };
  const root = await readXml([document], undefined);
  const found = (root?.children ?? []).flatMap(({ attributes: { Governor, Dependent, label } }) =>
    Governor === undefined ? [] : [[Governor, Dependent, label]],
  );
  expect(found).toContainEqual(["20", "31", "founded"]);
});

test.each([
  ["no XML", "Ada", "XML_INVALID"],
  ["an unknown entity", xmi.replace("&quot;Mara", "&mara;Mara"), "XML_INVALID"],
  ["no text", xmi.replace(/<cas:Sofa.*\n/, ""), "the CAS has no text"],
])("refuses %s", async (_, document, words) => {
  const { url } = await startServer();
  const { status, text: said } = await ask(url, request("custom.Span", document));
  expect([status, said]).toEqual([400, expect.stringContaining(words) as string]);
});
