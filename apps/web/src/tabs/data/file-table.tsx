import { type Column, Table } from "../../parts/table.tsx";
import { addressOf } from "../../route.ts";
import type { DataFile } from "./data-api.ts";

const columns: readonly Column[] = [
  "File",
  ...["Sentences", "Tokens", "Entities", "Relations", "Types"].map((number) => ({ number })),
];

/** The table of files with their counts. */
export function FileTable({ files, open }: { readonly files: readonly DataFile[]; readonly open: string | undefined }) {
  return (
    <Table label="Files" columns={columns} class="panel files">
      {files.map((file) => (
        <tr key={file.name} class={file.name === open ? "on" : undefined}>
          <th scope="row">
            <a href={addressOf("data", file.name)} aria-current={file.name === open ? "true" : undefined}>
              <bdi>{file.name}</bdi>
            </a>
            {file.documents === null ? null : (
              <small class="quiet">
                {" "}
                a folder of {file.documents.toLocaleString("en")} {file.documents === 1 ? "document" : "documents"}
              </small>
            )}
          </th>
          <Counts file={file} />
        </tr>
      ))}
    </Table>
  );
}

function Counts({ file: { counts, bytes } }: { readonly file: DataFile }) {
  if (counts === null) {
    return (
      <td colSpan={5} class="quiet">
        not read yet, {(bytes / 2 ** 20).toFixed(1)} MiB
      </td>
    );
  }
  const { sentences, tokens, entities, relations, entityTypes, relationTypes, fault, truncated } = counts;
  if (fault !== null && sentences === 0) {
    return (
      <td colSpan={5} class="quiet">
        {fault.message}
      </td>
    );
  }
  return (
    <>
      <td class="number">
        {sentences.toLocaleString("en")}
        {truncated ? "+" : ""}
        {fault === null ? null : <small class="quiet"> to the first fault</small>}
      </td>
      <td class="number">{tokens.toLocaleString("en")}</td>
      <td class="number">{entities.toLocaleString("en")}</td>
      <td class="number">{relations.toLocaleString("en")}</td>
      <td class="number">
        {Object.keys(entityTypes).length} + {Object.keys(relationTypes).length}
      </td>
    </>
  );
}
