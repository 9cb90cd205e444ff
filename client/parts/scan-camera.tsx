// Reads barcodes with the camera. Loaded only when it is asked for; its WebAssembly comes from this service.
import { NativeSelect } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url'

// Without this the reader would fetch its WebAssembly from a public network.
prepareZXingModule({
  overrides: { locateFile: (path: string, prefix: string) => (path.endsWith('.wasm') ? wasmUrl : prefix + path) },
})

/** What laptops and their boxes bear; price codes would only be noise. */
const formats = ['Code128', 'Code39', 'DataMatrix', 'QRCode', 'PDF417'] as const
const LOOK_EVERY_MS = 150
/** A code that stays in view is one scan. */
const SAME_FOR_MS = 3_000
const WIDTH_MAX = 1280
/** A part number stands beside the serial number on many boxes (data identifier 1P, ANSI MH10.8.2). */
const isSerial = (text: string) => text.trim() !== '' && !/^1P/i.test(text)

interface ScanCameraProps {
  onCode(text: string): void
}

export function ScanCamera({ onCode }: ScanCameraProps) {
  const video = useRef<HTMLVideoElement>(null)
  const told = useRef(onCode)
  told.current = onCode
  const [lens, setLens] = useState('')
  const [lenses, setLenses] = useState<MediaDeviceInfo[]>([])
  const [track, setTrack] = useState<MediaStreamTrack | null>(null)
  const [fault, setFault] = useState<string | null>(null)

  useEffect(() => {
    const ending = new AbortController()
    let stream: MediaStream | null = null
    const open = async () => {
      stream = await navigator.mediaDevices.getUserMedia({
        video: { width: { ideal: WIDTH_MAX }, ...(lens === '' ? { facingMode: 'environment' } : { deviceId: lens }) },
      })
      const element = video.current
      if (ending.signal.aborted || element === null) return stop(stream)
      element.srcObject = stream
      await element.play()
      setTrack(stream.getVideoTracks()[0] ?? null)
      // Their names are only told once the camera is allowed.
      const devices = await navigator.mediaDevices.enumerateDevices()
      setLenses(devices.filter((device) => device.kind === 'videoinput'))
      await look(element, (text) => told.current(text), ending.signal)
    }
    open().catch((error: unknown) => {
      if (!ending.signal.aborted) setFault(faultText(error))
    })
    return () => {
      ending.abort()
      if (stream) stop(stream)
    }
  }, [lens])

  if (fault !== null)
    return (
      <p className="check" role="alert">
        {fault}
      </p>
    )
  return (
    <div className="scan-camera stack">
      <video ref={video} muted playsInline aria-label="What the camera sees" />
      <div className="row">
        {lenses.length > 1 && (
          <NativeSelect
            label="Lens"
            value={lens}
            data={[
              { value: '', label: 'the one at the back' },
              ...lenses.map((one, index) => ({ value: one.deviceId, label: one.label || `camera ${index + 1}` })),
            ]}
            onChange={(event) => setLens(event.currentTarget.value)}
          />
        )}
        {track !== null && hasTorch(track) && <Torch key={track.id} track={track} />}
      </div>
    </div>
  )
}

const stop = (stream: MediaStream) => {
  for (const track of stream.getTracks()) track.stop()
}

function faultText(error: unknown): string {
  const name = error instanceof Error ? error.name : ''
  if (name === 'NotAllowedError')
    return 'The camera is not allowed here: allow it in the browser’s address bar, or type.'
  if (name === 'NotFoundError') return 'There is no camera here: use a scanner, or type.'
  if (navigator.mediaDevices === undefined)
    return 'Browsers give the camera to https pages only: use a scanner, or type.'
  return 'The camera did not start. Close other programs that use it, or type.'
}

/** Looks at the picture until it is told to end, and tells every code once while it stays in view. */
async function look(element: HTMLVideoElement, tell: (text: string) => void, ending: AbortSignal): Promise<void> {
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (context === null) return
  const seen = new Map<string, number>()
  while (!ending.aborted) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    if (element.videoWidth === 0) continue
    const scale = Math.min(1, WIDTH_MAX / element.videoWidth)
    canvas.width = element.videoWidth * scale
    canvas.height = element.videoHeight * scale
    context.drawImage(element, 0, 0, canvas.width, canvas.height)
    const image = context.getImageData(0, 0, canvas.width, canvas.height)
    const found = await readBarcodes(image, { formats: [...formats], tryHarder: true, maxNumberOfSymbols: 4 })
    for (const { text } of found) {
      if (!isSerial(text)) continue
      const last = seen.get(text) ?? 0
      seen.set(text, performance.now())
      if (!ending.aborted && (last === 0 || performance.now() - last > SAME_FOR_MS)) tell(text)
    }
  }
}

// The DOM's types do not know the torch, which browsers on phones do.
type Lit = MediaTrackCapabilities & { torch?: boolean }
const hasTorch = (track: MediaStreamTrack) => (track.getCapabilities?.() as Lit | undefined)?.torch === true

function Torch({ track }: { track: MediaStreamTrack }) {
  const [isOn, setOn] = useState(false)
  const turn = async () => {
    await track.applyConstraints({ advanced: [{ torch: !isOn } as MediaTrackConstraintSet] })
    setOn(!isOn)
  }
  return (
    <button type="button" className="scan-button" aria-pressed={isOn} onClick={() => void turn()}>
      Light {isOn ? 'off' : 'on'}
    </button>
  )
}
