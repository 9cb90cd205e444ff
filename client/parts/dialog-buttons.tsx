// The two answers of a dialog: the one that does it, and the one that leaves it.
import { Button } from '@mantine/core'

interface DialogButtonsProps {
  /** The word of the button that does it. */
  confirm: string
  isBusy: boolean
  isReady: boolean
  onClose(): void
}

export function DialogButtons({ confirm, isBusy, isReady, onClose }: DialogButtonsProps) {
  return (
    <div className="row">
      <Button type="submit" loading={isBusy} disabled={!isReady}>
        {confirm}
      </Button>
      <Button variant="default" onClick={onClose}>
        Cancel
      </Button>
    </div>
  )
}
