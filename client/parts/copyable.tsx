// A serial number, hash or id: monospaced, and copied with a click.
import { useClipboard } from '@mantine/hooks'

export function Copyable({ text, label = 'Copy' }: { text: string; label?: string }) {
  const { copy, copied } = useClipboard({ timeout: 1500 })
  return (
    <button type="button" className="copyable mono" title={`${label} ${text}`} onClick={() => copy(text)}>
      {text}
      <span className="small" role="status">
        {copied ? ' copied' : ''}
      </span>
    </button>
  )
}
