/** A page or one of its headings, without `.html`, and what the sidebar calls it. */
type Entry = readonly [address: string, name: string];

interface Section {
  readonly name: string;
  readonly pages: readonly Entry[];
  /** Pages in these folders are listed too, by their titles. */
  readonly folders?: readonly string[];
}

/** The order in which a stranger reads. A page that no section names is listed under More. */
const sections: readonly Section[] = [
  {
    name: "Start",
    pages: [
      ["quickstart", "Quickstart"],
      ["first-triple", "The first triple, timed"],
      ["tutorial", "Tutorial"],
      ["demo", "Live demo"],
    ],
  },
  {
    name: "Guides",
    pages: [
      ["ten-minutes", "From brat to a graph"],
      ["from-data", "From data to a model"],
      ["data", "Check and split data"],
      ["little-data", "Little data"],
      ["annotators", "Several annotators"],
      ["neighbours", "Label Studio and others"],
      ["page", "The page"],
      ["text", "Text, lines and files"],
      ["long-documents", "Long documents"],
      ["chinese", "Chinese"],
      ["nested", "Nested entities"],
      ["no-relation", "No relation"],
      ["constraints", "Constraints"],
      ["encoders", "Pretrained encoders"],
      ["vectors", "Word vectors"],
      ["merging", "Merging models"],
      ["many-runs", "Many runs"],
      ["batch", "Batches"],
      ["queues", "Queues"],
      ["nothing-lost", "Stops and crashes"],
      ["neighbours#your-own-page", "In the browser"],
      ["licensed-data", "Licensed data"],
      ["extending", "Extending Weft"],
      ["add-a-model", "Add a model"],
    ],
  },
  {
    name: "Concepts",
    pages: [
      ["concepts", "Entities, relations, triples"],
      ["three-papers", "The three papers"],
      ["scores", "Scores"],
      ["papers", "Equations and choices"],
      ["architecture", "Architecture"],
      ["decisions/index", "Decisions"],
    ],
    folders: ["decisions"],
  },
  {
    name: "Reference",
    pages: [
      ["commands", "Commands"],
      ["configuration", "Configuration"],
      ["formats", "Formats"],
      ["triples", "Triples"],
      ["server", "HTTP"],
      ["errors", "Errors"],
      ["packages", "Packages"],
      ["dependencies", "Dependencies"],
    ],
  },
  { name: "API", pages: [["api/index", "All entries"]], folders: ["api"] },
  { name: "Results", pages: [["results", "Every result"]], folders: ["results"] },
];

/** A page that was found, and its title. */
export interface FoundPage {
  readonly address: string;
  readonly title: string;
}

/**
 * The sections with the pages that are there: a page that is named and missing is skipped, and one
 * that is there and not named is added.
 *
 * @param found every page but the home page
 */
export function sectionsOf(found: readonly FoundPage[]): { readonly name: string; readonly pages: readonly FoundPage[] }[] {
  const there = new Map(found.map((page) => [page.address, page]));
  const listed = new Set<string>();
  const filled = sections.map(({ name, pages, folders = [] }) => {
    const named = pages.flatMap(([address, title]) => (there.has(address.split("#")[0] ?? "") ? [{ address, title }] : []));
    for (const { address } of named) listed.add(address);
    const others = found.filter(
      ({ address }) => !listed.has(address) && folders.some((folder) => address.startsWith(`${folder}/`)),
    );
    for (const { address } of others) listed.add(address);
    return { name, pages: [...named, ...others] };
  });
  const more = found.filter(({ address }) => !listed.has(address) && !address.startsWith("source/"));
  return [...filled, { name: "More", pages: more }].filter(({ pages }) => pages.length > 0);
}
