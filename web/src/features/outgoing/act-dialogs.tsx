import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { client, value } from "@/api/client";
import type { Document, DocumentAction } from "@/api/schema";
import { mainFile } from "@/features/document/files";
import { SeenFile, useSeen, type Seen } from "@/features/document/seen";
import { signatureQuery } from "@/features/document/signature";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { ConfirmDialog } from "@/ui/confirm";
import { SelectField } from "@/ui/field";
import { Facts } from "@/ui/page";
import { Notice } from "@/ui/states";
import { SignDialog } from "@/features/signing/sign-dialog";
import type { AfterAct } from "./after-issue";
import { ApproverField } from "./approver-field";
import { AnswerDialog, ReopenDialog } from "@/features/circuit/act-dialogs";
import { SendBackDialog } from "@/features/circuit/send-back-dialog";
import { NumberDialog } from "./number-dialog";
import { numberPreviewQuery } from "./queries";
import { ReadinessSummary } from "./readiness";

// What is done until the document is issued; what comes after has its own place.
export type DraftAct = Exclude<DocumentAction, AfterAct>;

interface ActProps {
  document: Document;
  onClose: () => void;
}

const spoils = [["documents"], ["work"], ["registers"]] as const;

// Acts that are not done in a dialog of their own: editing has its page, the circuit its tab.
export type Direct = Exclude<DraftAct, "edit" | "plan" | "reassign" | "return"> | "initial_sign";

// One dialog for each act that the server offers.
export function ActDialog({ act, ...props }: ActProps & { act: Direct }) {
  switch (act) {
    case "submit":
      return <SubmitDialog {...props} />;
    case "approve":
      return <ApproveDialog {...props} />;
    case "send_back":
      return <SendBackDialog {...props} />;
    case "review":
    case "initial":
    case "check_layout":
    case "give_opinion":
      return <AnswerDialog act={act} {...props} />;
    case "reopen":
      return <ReopenDialog {...props} />;
    case "initial_sign":
    case "sign":
    case "seal":
      return (
        <SignDialog
          act={act === "initial_sign" ? "initial" : act}
          documents={[
            {
              id: props.document.id,
              agencyId: props.document.agencyId,
              subject: props.document.subject,
              sha256: mainFile(props.document.files)?.sha256 ?? "",
            },
          ]}
          onClose={props.onClose}
        />
      );
    case "number":
      return <NumberDialog {...props} />;
    case "issue":
      return <IssueDialog {...props} />;
    default:
      return <PlainDialog act={act} {...props} />;
  }
}

// The approver is asked for once: settled says that the form has just asked.
export function SubmitDialog({ document: d, settled, onClose }: ActProps & { settled?: boolean }) {
  const t = useText().document;
  const known = settled && d.approverPositionId ? d.approverName : undefined;
  const [approver, setApprover] = useState(d.approverPositionId);
  const submit = useCommand({
    agencyId: d.agencyId,
    spoils,
    said: () => t.said.submitted,
    onDone: onClose,
    run: (body: { approverPositionId?: string; note?: string }, header) =>
      value(client.POST("/api/documents/{id}/submit", { params: { path: { id: d.id }, header }, body })),
  });
  return (
    <ConfirmDialog
      title={t.confirm.submitTitle}
      action={t.actions.submit}
      busy={submit.isPending}
      problem={<FormProblem error={submit.error} />}
      reason="welcome"
      reasonLabel={t.noteToApprover}
      maxLength={2000}
      onClose={onClose}
      onConfirm={(note) => submit.mutate({ approverPositionId: approver, note: note || undefined })}
    >
      <p>{t.confirm.submitHint}</p>
      {known ? (
        <Facts facts={[[t.approver, <strong key="approver">{known}</strong>]]} />
      ) : (
        <ApproverField agencyId={d.agencyId} value={approver} onChange={setApprover} />
      )}
    </ConfirmDialog>
  );
}

// What leaves the agency is a PDF that bears its signatures (NĐ 30/2020, điều 5);
// anything else is told before it is sent, not after.
function MainFileWarning({ document: d }: { document: Document }) {
  const t = useText().document.confirm;
  const main = mainFile(d.files);
  const signed = useQuery(signatureQuery({ type: "documents", id: d.id }, main)).data;
  if (main && main.mediaType !== "application/pdf") {
    return (
      <Notice>
        <strong>{t.notPdf}</strong> {t.notPdfHint}
      </Notice>
    );
  }
  return signed === false ? (
    <Notice>
      <strong>{t.unsigned}</strong> {t.unsignedHint}
    </Notice>
  ) : null;
}

function ApproveDialog({ document: d, onClose }: ActProps) {
  const t = useText().document;
  const seen = useSeen(d);
  const approve = useCommand({
    agencyId: d.agencyId,
    spoils,
    said: () => t.said.approved,
    onDone: onClose,
    run: (body: Seen & { note?: string }, header) =>
      value(client.POST("/api/documents/{id}/approve", { params: { path: { id: d.id }, header }, body })),
  });
  return (
    <ConfirmDialog
      title={t.confirm.approveTitle}
      action={t.actions.approve}
      busy={approve.isPending}
      problem={<FormProblem error={approve.error} />}
      reason="welcome"
      reasonLabel={t.confirm.approveNote}
      maxLength={2000}
      onClose={onClose}
      onConfirm={(note) => approve.mutate({ ...seen, note: note || undefined })}
    >
      <SeenFile document={d} />
      <p>{t.confirm.approveHint}</p>
    </ConfirmDialog>
  );
}

function PlainDialog({ document: d, act, onClose }: ActProps & { act: "discard" | "withdraw" }) {
  const t = useText().document;
  const discard = act === "discard";
  const run = useCommand({
    agencyId: d.agencyId,
    spoils,
    said: () => (discard ? t.said.discarded : t.said.withdrawn),
    onDone: onClose,
    run: (_: undefined, header) => {
      const params = { path: { id: d.id }, header };
      return value(
        discard
          ? client.POST("/api/documents/{id}/discard", { params })
          : client.POST("/api/documents/{id}/withdraw", { params }),
      );
    },
  });
  return (
    <ConfirmDialog
      title={discard ? t.confirm.discardTitle : t.confirm.withdrawTitle}
      action={t.actions[act]}
      danger={discard}
      busy={run.isPending}
      problem={<FormProblem error={run.error} />}
      onClose={onClose}
      onConfirm={() => run.mutate(undefined)}
    >
      <p>{discard ? t.confirm.discardHint : t.confirm.withdrawHint}</p>
    </ConfirmDialog>
  );
}

// Issuing numbers a document that has no number yet.
function IssueDialog({ document: d, onClose }: ActProps) {
  const { document: t, recipient } = useText();
  const byMail = d.recipients.filter((r) => r.channel === "mailbox").length;
  const numbering = d.reference === "";
  const preview = useQuery({ ...numberPreviewQuery(d.id), enabled: numbering });
  const [picked, setPicked] = useState<string>();
  const registers = preview.data ?? [];
  const registerId = picked ?? registers.find((r) => r.suggested)?.registerId ?? registers[0]?.registerId;
  const seen = useSeen(d);
  const run = useCommand({
    agencyId: d.agencyId,
    spoils,
    said: (after: Document) => t.said.issued(after.reference),
    onDone: onClose,
    run: (body: { registerId?: string }, header) =>
      value(client.POST("/api/documents/{id}/issue", { params: { path: { id: d.id }, header }, body: { ...body, ...seen } })),
  });
  return (
    <ConfirmDialog
      title={t.confirm.issueTitle(d.recipientCount)}
      action={t.actions.issue}
      busy={run.isPending || (numbering && preview.isPending)}
      problem={<FormProblem error={run.error ?? preview.error} />}
      onClose={onClose}
      onConfirm={() => run.mutate(numbering ? { registerId } : {})}
    >
      {numbering && registers.length > 1 ? (
        <SelectField label={t.confirm.register} value={registerId} onChange={(e) => setPicked(e.target.value)}>
          {registers.map((r) => (
            <option key={r.registerId} value={r.registerId}>
              {r.name} · {r.next}
            </option>
          ))}
        </SelectField>
      ) : null}
      {numbering && registerId ? (
        <Facts
          facts={[
            registers.length === 1 && [t.confirm.register, registers[0]?.name ?? ""],
            [t.confirm.willRead, <strong key="next">{registers.find((r) => r.registerId === registerId)?.next}</strong>],
          ]}
        />
      ) : null}
      {numbering ? <p>{t.confirm.numberNotKept}</p> : <Facts facts={[[t.reference, <strong key="r">{d.reference}</strong>]]} />}
      <ReadinessSummary document={d} />
      <MainFileWarning document={d} />
      <SeenFile document={d} />
      {byMail > 0 ? <Notice>{recipient.mailHasNoForce(byMail)}</Notice> : null}
      <Notice look="calm">{t.confirm.issueHint}</Notice>
    </ConfirmDialog>
  );
}
