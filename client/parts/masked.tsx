// A name that is shown when asked for: screens are seen by more people than their reader.
import { type ReactNode, useState } from 'react'

/** `what` completes "Show …" for those who hear the page. */
export function Masked({ children, what }: { children: ReactNode; what: string }) {
  const [isShown, setShown] = useState(false)
  return (
    <>
      {isShown ? children : <span aria-hidden="true">•••••• •••••</span>}{' '}
      <button type="button" className="link small" aria-pressed={isShown} onClick={() => setShown(!isShown)}>
        {isShown ? 'hide' : 'show'}
        <span className="visually-hidden"> {what}</span>
      </button>
    </>
  )
}
