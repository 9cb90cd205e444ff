// The focus goes back to where it was once a dialog that is drawn only while it is asked for is gone.
import { useEffect } from 'react'

/** Called by what is drawn with the dialog: a dialog that stays and is only closed does this by itself. */
export function useFocusBack(): void {
  useEffect(() => {
    const before = document.activeElement
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [])
}
