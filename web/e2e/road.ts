import { randomUUID } from "node:crypto";
import { expect, type APIRequestContext, type APIResponse } from "@playwright/test";
import type { AgencyList, Document, DocumentDraft, ImportResult, PeopleList, Upload } from "../src/api/schema";
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

let made = 0;

/** Imports tables as the operator, and has the new people choose passwords of their own. */
async function bringIn(office: Office, tables: Record<string, string>): Promise<void> {
  const operator = await office.ask("quantri");
  const first = new Map<string, string>();
  for (const [of, data] of Object.entries(tables)) {
    const result = await answer<ImportResult>(
      await operator.post("/api/administration/import", {
        params: { of, name: `${of}.csv`, dryRun: false },
        data: Buffer.from(data),
        headers: { "Content-Type": "application/octet-stream" },
      }),
    );
    expect(result.problems).toEqual([]);
    for (const s of result.secrets ?? []) first.set(s.login, s.password);
  }
  for (const [who, secret] of first) await office.welcome(who, secret);
}

/** One more person in an agency of the test's own; gives the login. */
export async function newPerson(office: Office, code: string, role: string, { name = "Kim Thị Thêm", unit = "" } = {}): Promise<string> {
  const login = `them.${process.pid}${++made}`;
  await bringIn(office, {
    people: `login,full_name,email\n${login},${name},${login}@travinh.example\n`,
    positions: `login,agency,unit,role,title,valid_from\n${login},${code},${unit},${role},${role},01/01/2017\n`,
  });
  return login;
}

/** An agency of the test's own with one clerk, whose list nobody else sends to; gives its code and the login. */
export async function newAgency(office: Office): Promise<{ code: string; clerk: string }> {
  const serial = `${process.pid}${++made}`;
  const code = `H59.${serial}`;
  const clerk = `vanthu.${serial}`;
  const tables = {
    agencies: `code,name,short_name,abbreviation,parent,level,place,channel,valid_from\n${code},Sở Thử nghiệm ${serial},Sở Thử nghiệm ${serial},STN${serial},H59,"Sở, ban, ngành",Trà Vinh,Trong hệ thống,01/01/2017\n`,
    people: `login,full_name,email\n${clerk},Thạch Thị Thử,${clerk}@travinh.example\n`,
    positions: `login,agency,unit,role,title,valid_from\n${clerk},${code},,Văn thư,Văn thư,01/01/2017\n`,
    registers: `agency,code,direction,name,year,kinds,opening_number\n${code},DEN,Văn bản đến,Sổ đăng ký văn bản đến,,,1\n`,
  };
  await bringIn(office, tables);
  return { code, clerk };
}

export interface WholeOffice {
  code: string;
  clerk: string;
  leader: string;
  head: string;
  head2: string;
  head3: string;
  officer: string;
}

/** An agency of the test's own with three units, each with a head, a leader and an officer. */
export async function newWholeOffice(office: Office): Promise<WholeOffice> {
  const serial = `${process.pid}${++made}`;
  const code = `H59.${serial}`;
  const names = { clerk: "Trần Văn Thư", leader: "Lê Lãnh Đạo", head: "Phạm Tổng Hợp", head2: "Đỗ Kinh Tế", head3: "Võ Pháp Chế", officer: "Hồ Chuyên Viên" };
  const login = (who: string) => `${who}.${serial}`;
  const places: [who: keyof typeof names, unit: string, role: string, title: string][] = [
    ["clerk", "", "Văn thư", "Văn thư"],
    ["leader", "", "Lãnh đạo", "Giám đốc"],
    ["head", "TH", "Trưởng phòng", "Trưởng phòng"],
    ["head2", "KT", "Trưởng phòng", "Trưởng phòng"],
    ["head3", "PC", "Trưởng phòng", "Trưởng phòng"],
    ["officer", "TH", "Chuyên viên", "Chuyên viên"],
  ];
  const tables = {
    agencies: `code,name,short_name,abbreviation,parent,level,place,channel,valid_from\n${code},Sở Công việc ${serial},Sở Công việc ${serial},SCV${serial},H59,"Sở, ban, ngành",Trà Vinh,Trong hệ thống,01/01/2017\n`,
    units: `agency,name,abbreviation,parent,valid_from\n${code},Phòng Tổng hợp,TH,,01/01/2017\n${code},Phòng Kinh tế,KT,,01/01/2017\n${code},Phòng Pháp chế,PC,,01/01/2017\n`,
    people: `login,full_name,email\n${Object.entries(names).map(([who, name]) => `${login(who)},${name},${login(who)}@travinh.example`).join("\n")}\n`,
    positions: `login,agency,unit,role,title,valid_from\n${places.map(([who, unit, role, title]) => `${login(who)},${code},${unit},${role},${title},01/01/2017`).join("\n")}\n`,
    registers: `agency,code,direction,name,year,kinds,opening_number\n${code},DEN,Văn bản đến,Sổ đăng ký văn bản đến,,,1\n${code},DI,Văn bản đi,Sổ đăng ký văn bản đi,,,1\n`,
  };
  await bringIn(office, tables);
  return { code, clerk: login("clerk"), leader: login("leader"), head: login("head"), head2: login("head2"), head3: login("head3"), officer: login("officer") };
}

/** A draft of an officer of UBND tỉnh. */
export async function draft(office: Office, paper: Paper, by = "chuyenvien.ubnd"): Promise<Document> {
  const officer = await office.ask(by);
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

/** A document of an agency of the test's own, approved by its leader. */
export async function approved(office: Office, there: WholeOffice, paper: Paper): Promise<Document> {
  const d = await draft(office, paper, there.officer);
  const officer = await office.ask(there.officer);
  const { positions } = await answer<PeopleList>(await officer.get("/api/people", { params: { agencyId: d.agencyId, role: "leader" } }));
  await command(officer, `/api/documents/${d.id}/submit`, { approverPositionId: positions[0]?.id });
  const seenSha256 = d.files.find((f) => f.role === "main")?.sha256;
  return command<Document>(await office.ask(there.leader), `/api/documents/${d.id}/approve`, { seenSha256 });
}
