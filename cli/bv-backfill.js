#!/usr/bin/env node
import { launch } from "../launch/launch.js";

const words = process.argv.slice(2).join(" ") || "--help";
await launch(`npx bv-backfill ${words}`, () => import("./main.ts"));
