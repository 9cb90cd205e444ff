// The serial numbers in a row of a list: the first two, and how many more there are.

const SHOWN = 2

export function Serials({ of }: { of: string[] }) {
  return (
    <span className="mono">
      {of.slice(0, SHOWN).join(', ') || <span className="faint">none</span>}
      {of.length > SHOWN && ` and ${of.length - SHOWN} more`}
    </span>
  )
}
