// How a scan's result sounds and feels: another tone and another buzz for each, so that nobody has to look.
import type { ScanWord } from './scan-queue.ts'

/** Tones one after the other: Hz and ms. Higher and shorter is better. */
const tones: Record<ScanWord, [number, number][]> = {
  good: [[1047, 110]],
  duplicate: [
    [660, 80],
    [660, 80],
  ],
  unknown: [
    [330, 140],
    [440, 140],
    [330, 140],
  ],
  wrong: [[147, 550]],
}

/** On and off in ms. */
const buzzes: Record<ScanWord, number[]> = {
  good: [60],
  duplicate: [60, 60, 60],
  unknown: [150, 80, 150, 80, 150],
  wrong: [600],
}

const GAP_MS = 50
let audio: AudioContext | null = null

/** Sounds and buzzes where the browser can; says nothing where it may not. */
export function signal(word: ScanWord, { sound }: { sound: boolean }): void {
  navigator.vibrate?.(buzzes[word])
  if (!sound) return
  audio ??= new AudioContext()
  void audio.resume()
  let at = audio.currentTime
  for (const [hertz, ms] of tones[word]) {
    const tone = audio.createOscillator()
    const volume = audio.createGain()
    tone.type = word === 'wrong' ? 'sawtooth' : 'sine'
    tone.frequency.value = hertz
    volume.gain.value = 0.2
    tone.connect(volume).connect(audio.destination)
    tone.start(at)
    tone.stop(at + ms / 1000)
    at += (ms + GAP_MS) / 1000
  }
}
