import { defineComponent, h, onMounted, onUnmounted, ref, shallowRef } from "vue";
import type * as WeftBrowser from "weft-nlp/browser";

const examples = [
  "Mara Voss founded Kettle Robotics in Bremen and still leads it.",
  "Nora Lindqvist left Harbour Bank in 2019. She founded Fjord Robotics in Bergen.",
  "The Lantern Company, a troupe founded in 1973 by the actress Maud Ellery, is based in Whitby.",
];

interface Row {
  readonly head: string;
  readonly relation: string;
  readonly tail: string;
  readonly confidence: string;
}

/** A text box whose sentences a model reads in this page; it is fetched with the first text. */
export const ExtractionDemo = defineComponent({
  name: "ExtractionDemo",
  setup() {
    const text = ref(examples[0] ?? "");
    const state = ref("");
    const busy = ref(false);
    const ready = ref(false);
    const found = shallowRef<{ readonly record: unknown; readonly rows: readonly Row[] }>();
    let library: Promise<typeof WeftBrowser> | undefined;
    let model: Promise<WeftBrowser.Extractor> | undefined;

    onMounted(() => {
      ready.value = true;
    });
    onUnmounted(() => void model?.then((extractor) => extractor.close()).catch(() => undefined));

    async function find(): Promise<void> {
      if (busy.value) return;
      busy.value = true;
      try {
        library ??= load();
        const weft = await library;
        model ??= weft.Extractor.open(fromSite("model/"), {
          onProgress: ({ loaded }) => {
            state.value = `Fetching the model: ${(loaded / 1e6).toFixed(1)} MB`;
          },
        });
        const extractor = await model;
        const started = performance.now();
        const document = await extractor.text(text.value);
        const took = performance.now() - started;
        const rows = weft.triplesOf(document).map(({ head, relation, tail, confidence }) => ({
          head: head.text,
          relation,
          tail: tail.text,
          confidence: confidence.toFixed(2),
        }));
        found.value = { record: weft.recordOf(document), rows };
        state.value = `${document.entities.length} entities and ${rows.length} relations in ${took.toFixed(0)} ms, on this device (${extractor.facts.kernels} kernels)`;
      } catch (error) {
        model = undefined;
        library = undefined;
        state.value = `That did not work: ${error instanceof Error ? error.message : String(error)}`;
      } finally {
        busy.value = false;
      }
    }

    return () =>
      h("section", { class: "extraction-demo", "aria-label": "Live demo" }, [
        h("label", { for: "demo-text" }, "A text in English"),
        h("textarea", {
          id: "demo-text",
          value: text.value,
          maxlength: 20_000,
          onInput: (event: Event) => {
            text.value = (event.target as HTMLTextAreaElement).value;
          },
        }),
        h("div", [
          h(
            "button",
            { class: "find", type: "button", disabled: busy.value || !ready.value, onClick: () => void find() },
            "Find entities and relations",
          ),
          ...examples.map((example, index) =>
            h(
              "button",
              {
                type: "button",
                disabled: busy.value || !ready.value,
                onClick: () => {
                  text.value = example;
                  void find();
                },
              },
              `Example ${index + 1}`,
            ),
          ),
        ]),
        h("p", { role: "status" }, ready.value ? state.value : "The demo starts when this page is served by a web server."),
        found.value === undefined ? null : h("weft-arcs", { document: found.value.record }),
        found.value === undefined || found.value.rows.length === 0
          ? null
          : h("table", { tabindex: 0 }, tableOf(found.value.rows)),
      ]);
  },
});

function tableOf(rows: readonly Row[]) {
  const titles = ["Head", "Relation", "Tail", "Confidence"];
  return [
    h("thead", [
      h(
        "tr",
        titles.map((title) => h("th", { scope: "col" }, title)),
      ),
    ]),
    h(
      "tbody",
      rows.map(({ head, relation, tail, confidence }) =>
        h(
          "tr",
          [head, relation, tail, confidence].map((cell) => h("td", cell)),
        ),
      ),
    ),
  ];
}

/** The library and the element, as they are in the package: files that the site has beside it. */
async function load(): Promise<typeof WeftBrowser> {
  const [weft] = await Promise.all([
    import(/* @vite-ignore */ fromSite("weft/index.js")) as Promise<typeof WeftBrowser>,
    import(/* @vite-ignore */ fromSite("arcs/weft-arcs.js")) as Promise<unknown>,
  ]);
  return weft;
}

/** The whole address of a file of the site. */
function fromSite(path: string): string {
  return new URL(`${import.meta.env.BASE_URL}${path}`, location.href).href;
}
