// Drives a tenant with the vendor's own client; prints what each call returned, and the schemas
// that the client has for some of it. Usage: node cognigy.mjs URL API_KEY PROJECT_ID
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { RestAPIClient } = require("@cognigy/rest-api-client");
const resources = "@cognigy/rest-api-client/build/shared/interfaces/resources";
const { slotFillerSchema, slotFillerDataSchema } = require(`${resources}/ISlotFiller.js`);
const { playbookSchema } = require(`${resources}/IPlaybook.js`);
const { playbookRunSchema } = require(`${resources}/IPlaybookRun.js`);

const [baseUrl, apiKey, projectId] = process.argv.slice(2);
const version = "2.0";
const versions = Object.fromEntries(
  ["administration", "external", "metrics", "resources", "sessions"].map((group) => [group, version]),
);
const client = new RestAPIClient({ baseUrl, numberOfRetries: 0, timeout: 5000, versions });
client.setCredentials({ type: "ApiKey", apiKey });

const answers = {};
const call = async (name, args) => (answers[name] = await client[name](args));
const until = async (taskId, isOver) => {
  for (;;) {
    const task = await call("readTask", { taskId });
    if (isOver(task)) return task;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

await call("readUserMe");
await call("readUserAclMe");
await call("indexProjects", {});
await call("indexProjectMembers", { projectId });
const flow = (await call("indexFlows", { projectId })).items[0];
const flowId = flow._id;
await call("readFlow", { flowId });
const locale = (await call("indexLocales", { projectId })).items[0];
const lexicon = (await call("indexLexicons", { projectId })).items[0];
await call("indexLexiconSlots", { lexiconId: lexicon._id });
await call("indexEndpoints", { projectId });

const regex = { type: "regex", regex: "/x/" };
const created = { flowId, name: "mine", ...regex, contextKey: "mine", storeResultInContext: true };
const slotFillerId = (await call("createSlotFiller", created))._id;
await call("indexSlotFillers", { flowId });
await call("updateSlotFiller", { flowId, slotFillerId, ...regex, contextKey: "ours" });
const value = { ...regex, name: "ours" };
await call("batchSlotFillers", { flowId, operations: [{ op: "update", id: slotFillerId, value }] });
await call("readSlotFiller", { flowId, slotFillerId });
await call("deleteSlotFiller", { flowId, slotFillerId });

const training = await call("trainIntents", { flowId, localeId: locale._id, mode: "full" });
await until(training._id, (task) => !["queued", "active"].includes(task.status));
answers.trained = answers.readTask;
await call("indexTasks", { projectId });

const playbookId = (await call("indexPlaybooks", { projectId })).items[0]._id;
await call("readPlaybook", { playbookId });
const scheduled = await call("schedulePlaybook", {
  playbookId,
  entrypoint: projectId,
  flowId: flow.referenceId,
  localeId: locale.referenceId,
});
const { playbookRunId } = (await until(scheduled._id, (task) => task.data.playbookRunId)).data;
await call("readPlaybookRun", { playbookId, playbookRunId });
await call("indexPlaybookRuns", { playbookId });
await call("deletePlaybookRun", { playbookId, playbookRunId });

const place = { flowReferenceId: flow.referenceId, localeReferenceId: locale.referenceId };
await call("generateNluScores", { projectId, ...place, sentence: "Where is my order?" });
await call("indexAuditEvents", { projectId });
await call("createSnapshot", { projectId, name: "S", description: "D" });
const snapshotId = (await call("indexSnapshots", { projectId })).items[0]._id;
const restored = await call("restoreSnapshot", { projectId, snapshotId });
await call("cancelTask", { taskId: restored._id });

const schemas = { slotFillerSchema, slotFillerDataSchema, playbookSchema, playbookRunSchema };
console.log(JSON.stringify({ answers, schemas, created: { ...created, flowId: undefined } }));
