import { afterAll, beforeAll, describe } from "vitest";
import { type HostileServer, startHostileServer } from "../conformance/hostile-server.ts";
import { vendorConformance } from "../conformance/vendor.ts";

let server: HostileServer;
beforeAll(async () => {
  server = await startHostileServer();
});
afterAll(() => server?.close());

describe("Node's fetch as Vendor, against a hostile server", () => {
  vendorConformance(() => server.api);
});
