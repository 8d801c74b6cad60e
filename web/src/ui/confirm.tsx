import { useState, type ReactNode } from "react";
import { useText } from "@/text/text";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { TextArea } from "./field";

interface ConfirmProps {
  title: string;
  children?: ReactNode;
  action: string;
  danger?: boolean;
  busy?: boolean;
  problem?: ReactNode;
  // Ask for a reason; "needed" refuses an empty one.
  reason?: "needed" | "welcome";
  reasonLabel?: string;
  reasons?: readonly string[];
  maxLength?: number;
  onClose: () => void;
  onConfirm: (reason: string) => void;
}

export function ConfirmDialog(props: ConfirmProps) {
  const t = useText().common;
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const missing = props.reason === "needed" && reason.trim() === "";
  const confirm = () => {
    setTried(true);
    if (!missing && !props.busy) props.onConfirm(reason.trim().normalize("NFC"));
  };
  return (
    <Dialog
      title={props.title}
      onClose={props.onClose}
      onSubmit={confirm}
      footer={
        <>
          <Button onClick={props.onClose}>{t.cancel}</Button>
          <Button type="submit" look={props.danger ? "danger" : "primary"} busy={props.busy} shortcut="Ctrl ↵">
            {props.action}
          </Button>
        </>
      }
    >
      {props.problem}
      {props.children}
      {props.reason ? (
        <TextArea
          label={props.reasonLabel ?? t.reason}
          required={props.reason === "needed"}
          maxLength={props.maxLength ?? 1000}
          value={reason}
          error={tried && missing ? t.reasonRequired : undefined}
          autoFocus
          onChange={(e) => setReason(e.target.value)}
        />
      ) : null}
    </Dialog>
  );
}
