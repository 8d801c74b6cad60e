import css from "./circuit.module.css";

// The lines above a signature, one below the other.
export function SignerBlock({ lines }: { lines: readonly string[] }) {
  return (
    <span className={css.block}>
      {lines.map((line) => (
        <span key={line}>{line}</span>
      ))}
    </span>
  );
}
