// The query as code that runs elsewhere.

const quoted = (text: string): string => text.replaceAll("'", `'"'"'`);

export const SNIPPETS: Record<string, (query: string, endpoint: string) => string> = {
  curl: (query, endpoint) => `curl -s ${endpoint} -H 'Accept: text/csv' --data-urlencode query='${quoted(query)}'`,
  Python: (query, endpoint) => `import io
import urllib.parse
import urllib.request

import pandas

query = """${query.replaceAll("\\", "\\\\").replaceAll('"""', '\\"\\"\\"')}"""
body = urllib.parse.urlencode({"query": query}).encode()
request = urllib.request.Request("${endpoint}", body, {"Accept": "text/csv"})
with urllib.request.urlopen(request) as answer:
    frame = pandas.read_csv(io.StringIO(answer.read().decode()))
print(frame)`,
  R: (query, endpoint) => `library(httr2)
query <- r"---(${query})---"
answer <- request("${endpoint}") |>
  req_headers(Accept = "text/csv") |>
  req_body_form(query = query) |>
  req_perform()
read.csv(text = resp_body_string(answer))`,
  JavaScript: (query, endpoint) => `const query = ${JSON.stringify(query)};
const answer = await fetch("${endpoint}", {
  method: "POST",
  headers: { Accept: "application/sparql-results+json" },
  body: new URLSearchParams({ query }),
});
console.table((await answer.json()).results.bindings);`,
};
