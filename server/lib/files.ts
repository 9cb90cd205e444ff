// Two questions of the disk that Node answers in more than one line.
import { open, stat } from 'node:fs/promises'

export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}

/** Makes what was created or renamed in a folder outlive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path)
  await folder.sync().finally(() => folder.close())
}
