// Vietnamese is the first language: its keys are the keys.
import { common } from "./vi/common";
import { document } from "./vi/document";
import { parts } from "./vi/parts";
import { session } from "./vi/session";
import { shell } from "./vi/shell";

export const vi = { common, document, parts, session, shell };
