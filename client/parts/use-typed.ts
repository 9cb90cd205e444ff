// What is typed into a field that searches: as it stands there, and as it is asked for once the typing rests.
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'

const TYPING_MS = 200

export function useTyped() {
  const [text, setText] = useState('')
  const [settled] = useDebouncedValue(text.trim(), TYPING_MS)
  return { text, setText, settled }
}
