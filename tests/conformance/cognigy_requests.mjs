// Makes calls with the vendor's own client and prints the request that it sends for each, and the
// JSON Schemas that it has for their bodies.
// Usage: node cognigy_requests.mjs < CALLS, a list of [operation, arguments?] as JSON
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { RestAPIClient } = require("@cognigy/rest-api-client");
const resources = "@cognigy/rest-api-client/build/shared/interfaces/resources";
const { slotFillerSchema, slotFillerDataSchema } = require(`${resources}/ISlotFiller.js`);
const { playbookRunSchema } = require(`${resources}/IPlaybookRun.js`);

const sent = [];
const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  const { pathname, searchParams } = new URL(request.url, "http://127.0.0.1");
  const query = Object.fromEntries(searchParams);
  sent.push({ method: request.method, path: pathname, query, body: body ? JSON.parse(body) : null });
  response.setHeader("Content-Type", "application/json").end("{}");
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

const versions = Object.fromEntries(
  ["administration", "external", "metrics", "resources", "sessions"].map((group) => [group, "2.0"]),
);
const baseUrl = `http://127.0.0.1:${server.address().port}`;
const client = new RestAPIClient({ baseUrl, numberOfRetries: 0, timeout: 5000, versions });
client.setCredentials({ type: "ApiKey", apiKey: "key" });
for (const [operation, ...args] of JSON.parse(readFileSync(0, "utf8"))) {
  await client[operation](...args);
}
server.close();

const schemas = { slotFillerSchema, slotFillerDataSchema, playbookRunSchema };
console.log(JSON.stringify({ sent, schemas }));
