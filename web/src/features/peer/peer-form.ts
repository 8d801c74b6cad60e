import type { Peer, PeerEdit, PeerKind, PeerNew } from "@/api/schema";

export interface PeerForm {
  kind: PeerKind;
  name: string;
  system: string;
  endpoint: string;
  ourSystem: string;
  ourSecret: string;
  publicKey: string;
  nextKey: string;
  mostMiB: string;
  perMinute: string;
  reused: boolean;
  enabled: boolean;
}

export function peerForm(peer: Peer | undefined): PeerForm {
  return peer
    ? { ...peer, ourSecret: "", mostMiB: String(peer.mostMiB), perMinute: String(peer.perMinute) }
    : {
        kind: "installation",
        name: "",
        system: "",
        endpoint: "",
        ourSystem: "",
        ourSecret: "",
        publicKey: "",
        nextKey: "",
        mostMiB: "512",
        perMinute: "600",
        reused: false,
        enabled: true,
      };
}

// What the other end does decides on what has to be known of it.
export const weCall = (kind: PeerKind) => kind !== "system";
export const theyCall = (kind: PeerKind) => kind !== "axis";
export const hasKey = (kind: PeerKind) => kind === "installation";

function shared(f: PeerForm) {
  return {
    name: f.name.trim(),
    endpoint: weCall(f.kind) ? f.endpoint.trim() : undefined,
    ourSystem: weCall(f.kind) ? f.ourSystem.trim() : undefined,
    ourSecret: weCall(f.kind) && f.ourSecret ? f.ourSecret : undefined,
    publicKey: hasKey(f.kind) ? f.publicKey.trim() : undefined,
    mostMiB: Number(f.mostMiB),
    perMinute: Number(f.perMinute),
    reused: f.kind === "system" ? f.reused : undefined,
  };
}

export function toPeerNew(f: PeerForm): PeerNew {
  return { ...shared(f), kind: f.kind, system: theyCall(f.kind) ? f.system.trim() : undefined };
}

export function toPeerEdit(f: PeerForm): PeerEdit {
  return { ...shared(f), nextKey: hasKey(f.kind) ? f.nextKey.trim() : undefined, enabled: f.enabled };
}
