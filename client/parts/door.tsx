// The frame of what stands outside the shell: sign-in, invitation, a page that is not there.
import type { ReactNode } from 'react'
import './door.css'

export function Door({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="door">
      <p className="brand-name">
        <span className="brand-mark" aria-hidden="true" />
        Telltale
      </p>
      <div className="card stack">
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  )
}
