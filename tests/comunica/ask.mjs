// Asks Comunica questions over N-Quads and prints the answers: node ask.mjs DATA.nq < questions.json
// in: [{"number": 1, "query": "..."}]   out: [{"number": 1, "rows": [{"variable": {"value", "datatype"}}]}]
import { readFileSync } from "node:fs";
import { QueryEngine } from "@comunica/query-sparql-rdfjs";
import { Parser, Store } from "n3";

const store = new Store(new Parser({ format: "N-Quads" }).parse(readFileSync(process.argv[2], "utf8")));
const engine = new QueryEngine();
const context = { sources: [store], unionDefaultGraph: true };

const answers = [];
for (const { number, query } of JSON.parse(readFileSync(0, "utf8"))) {
  const solutions = await (await engine.queryBindings(query, context)).toArray();
  const rows = solutions.map((solution) =>
    Object.fromEntries(
      [...solution].map(([variable, term]) => [
        variable.value,
        { value: term.value, datatype: term.datatype?.value },
      ]),
    ),
  );
  answers.push({ number, rows });
}
process.stdout.write(JSON.stringify(answers));
