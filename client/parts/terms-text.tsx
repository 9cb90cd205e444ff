// The terms, as they are read and signed: one paragraph a line.
import './handover-answer.css'

export function TermsText({ terms }: { terms: { title: string; body: string; version: number } }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section className="terms-text" tabIndex={0} aria-label={terms.title}>
      <h3>{terms.title}</h3>
      {terms.body
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => (
          <p key={line}>{line}</p>
        ))}
      <p className="faint small">Version {terms.version}</p>
    </section>
  )
}
