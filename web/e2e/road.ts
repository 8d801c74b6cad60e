import { randomUUID } from "node:crypto";
import { expect, type APIRequestContext, type APIResponse } from "@playwright/test";
import type { AgencyList, Document, DocumentDraft, PeopleList, Upload } from "../src/api/schema";
import type { Office } from "./office";

// The main road without screens, for tests that begin where it ends.

export async function answer<T>(response: APIResponse): Promise<T> {
  expect(response.ok(), `${response.url()}: ${response.status()} ${response.ok() ? "" : await response.text()}`).toBe(true);
  return (await response.json()) as T;
}

export function command<T>(asking: APIRequestContext, path: string, data: unknown): Promise<T> {
  return asking.post(path, { data, headers: { "Idempotency-Key": randomUUID() } }).then(answer<T>);
}

export async function agencyId(asking: APIRequestContext, code: string): Promise<string> {
  const { items } = await answer<AgencyList>(await asking.get("/api/agencies", { params: { q: code, limit: 20 } }));
  const found = items.find((a) => a.code === code);
  if (!found) throw new Error(`no agency ${code}`);
  return found.id;
}

async function upload(asking: APIRequestContext, name: string, data: Buffer): Promise<Upload> {
  return answer<Upload>(
    await asking.post("/api/files", { params: { name }, data, headers: { "Content-Type": "application/octet-stream" } }),
  );
}

interface Paper {
  subject: string;
  pdf: Buffer;
  fileName?: string;
  // Codes of agencies.
  to: readonly string[];
  more?: Partial<DocumentDraft>;
}

/** A draft of an officer of UBND tỉnh. */
export async function draft(office: Office, paper: Paper): Promise<Document> {
  const officer = await office.ask("chuyenvien.ubnd");
  const file = await upload(officer, paper.fileName ?? "chi-thi.pdf", paper.pdf);
  const agencies = await Promise.all(paper.to.map((code) => agencyId(officer, code)));
  return command<Document>(officer, "/api/documents", {
    kind: "directive",
    subject: paper.subject,
    files: [{ role: "main", uploadId: file.id }],
    recipients: agencies.map((id) => ({ type: "agency", agencyId: id })),
    ...paper.more,
  });
}

/** And the same submitted to the chairman, who has it before him. */
export async function submitted(office: Office, paper: Paper): Promise<Document> {
  const d = await draft(office, paper);
  const officer = await office.ask("chuyenvien.ubnd");
  const { positions } = await answer<PeopleList>(await officer.get("/api/people", { params: { agencyId: d.agencyId, role: "leader" } }));
  const chairman = positions.find((p) => p.fullName === "Sơn Quốc Dũng");
  return command<Document>(officer, `/api/documents/${d.id}/submit`, { approverPositionId: chairman?.id });
}

/** And the same approved, numbered and issued. */
export async function issued(office: Office, paper: Paper): Promise<Document> {
  const d = await submitted(office, paper);
  const seenSha256 = d.files.find((f) => f.role === "main")?.sha256;
  await command(await office.ask("lanhdao.ubnd"), `/api/documents/${d.id}/approve`, { seenSha256 });
  return command<Document>(await office.ask("vanthu.ubnd"), `/api/documents/${d.id}/issue`, { seenSha256 });
}
