// Vietnamese is the first language: its keys are the keys.
import { admin } from "./vi/admin";
import { arrival } from "./vi/arrival";
import { calendar } from "./vi/calendar";
import { casefile } from "./vi/casefile";
import { circuit } from "./vi/circuit";
import { common } from "./vi/common";
import { copy } from "./vi/copy";
import { delegation } from "./vi/delegation";
import { direction } from "./vi/direction";
import { document } from "./vi/document";
import { event } from "./vi/event";
import { notice } from "./vi/notice";
import { office } from "./vi/office";
import { paper } from "./vi/paper";
import { parts } from "./vi/parts";
import { peer } from "./vi/peer";
import { ready } from "./vi/ready";
import { recipient } from "./vi/recipient";
import { register } from "./vi/register";
import { session } from "./vi/session";
import { shell } from "./vi/shell";
import { signing } from "./vi/signing";
import { work } from "./vi/work";
import { writing } from "./vi/writing";

export const vi = { admin, arrival, calendar, casefile, circuit, common, copy, delegation, direction, document, event, notice, office, paper, parts, peer, ready, recipient, register, session, shell, signing, work, writing };
