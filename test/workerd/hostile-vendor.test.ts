import { describe, inject } from "vitest";
import { vendorConformance } from "../conformance/vendor.ts";

describe("workerd's fetch as Vendor, against a hostile server", () => {
  vendorConformance(() => inject("hostileApi"));
});
