import { spawn, type ChildProcess } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { startAgent } from "./agent";

// The real binary with the demo province, once for a whole run, on a free port
// and with a data folder of its own.
const binary = path.resolve(process.env.CONGVAN_BINARY ?? path.join(import.meta.dirname, "../../bin/congvan"));
const starting = 90_000;
const stopping = 30_000;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

export interface Installation {
  url: string;
  binary: string;
  agent: string; // folder of the signing program
  env: NodeJS.ProcessEnv;
  stop: () => Promise<void>;
}

export async function install(): Promise<Installation> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "congvan-e2e-"));
  await chmod(folder, 0o755); // the database runs as another user
  await mkdir(path.join(folder, "data"));
  await mkdir(path.join(folder, "agent"));
  const [port, agentPort] = [await freePort(), await freePort()];
  const url = `http://localhost:${port}`;
  const agent = await startAgent(path.join(folder, "agent"), url, agentPort);
  const env = {
    ...process.env,
    ...agent.env,
    CONGVAN_ADDR: `127.0.0.1:${port}`,
    CONGVAN_PUBLIC_URL: url,
    CONGVAN_DATA: path.join(folder, "data"),
  };
  const demo = spawn(binary, ["demo"], { env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((done) => demo.once("close", done));
  const output = await ready(demo, ended).catch(async (error: unknown) => {
    await agent.stop();
    throw error;
  });
  return {
    url,
    binary,
    agent: path.join(folder, "agent"),
    env,
    // It ends as it does for a person: by Ctrl-C, cleanly and without delay.
    stop: async () => {
      demo.kill("SIGINT");
      const code = await within(stopping, ended, () => demo.kill("SIGKILL"));
      await agent.stop();
      await rm(folder, { recursive: true, force: true });
      // What it complained of tells why a test that waited in vain did so.
      const complaints = output().split("\n").filter((line) => /WARN|ERROR/.test(line));
      if (complaints.length > 0) process.stdout.write(`${["the demo said:", ...complaints.slice(0, 50)].join("\n")}\n`);
      if (code !== 0) throw new Error(`the demo did not stop cleanly (${code}):\n${output()}`);
    },
  };
}

// Resolves when the demo says where it is, and then gives all that it says.
async function ready(demo: ChildProcess, ended: Promise<number | null>): Promise<() => string> {
  let said = "";
  const greeted = new Promise<true>((done) => {
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("is running at")) done(true);
    };
    demo.stdout?.on("data", hear);
    demo.stderr?.on("data", hear);
  });
  const first = await within(starting, Promise.race([greeted, ended]), () => demo.kill("SIGKILL"));
  if (first !== true) throw new Error(`the demo did not start:\n${said}`);
  return () => said;
}

async function within<T>(ms: number, promise: Promise<T>, late: () => void): Promise<T> {
  const timer = setTimeout(late, ms);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

export default async function setUp(): Promise<() => Promise<void>> {
  const installation = await install();
  process.env.CONGVAN_E2E_URL = installation.url;
  process.env.CONGVAN_E2E_DATA = installation.env.CONGVAN_DATA;
  process.env.CONGVAN_E2E_BINARY = installation.binary;
  process.env.CONGVAN_E2E_AGENT = installation.agent;
  process.env.CONGVAN_E2E_AGENT_URL = installation.env.CONGVAN_LOCAL_SIGNING_URL;
  return installation.stop;
}
