// Mantine in our paper and ink: its own variables point to those of theme.css.
import { Button, type CSSVariablesResolver, createTheme, type MantineColorsTuple, type ModalProps } from '@mantine/core'

const tide: MantineColorsTuple = [
  '#eaf4f3',
  '#d3e7e5',
  '#a6cfcc',
  '#78b6b2',
  '#519f9b',
  '#318a87',
  '#1a7a78',
  '#116d6d',
  '#0d6566',
  '#084e4f',
]

/** Lightest first, as Mantine has them: text, borders, fields, ground. */
const night: MantineColorsTuple = [
  '#e9eae7',
  '#b1b7bc',
  '#979ea5',
  '#6b747c',
  '#454d54',
  '#2b3136',
  '#1f2428',
  '#1b1f22',
  '#16191c',
  '#131618',
]

export const theme = createTheme({
  colors: { tide, dark: night },
  primaryColor: 'tide',
  primaryShade: { light: 8, dark: 7 },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.85rem', md: '0.85rem', lg: '1rem', xl: '1.2rem' },
  defaultRadius: 6,
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: Button.extend({ defaultProps: { size: 'xs' } }),
    // By its name: to import it here would load dialogs with every first page.
    Modal: {
      defaultProps: {
        centered: true,
        overlayProps: { backgroundOpacity: 0.35 },
        size: 'md',
      } satisfies Partial<ModalProps>,
    },
  },
})

const paper = {
  '--mantine-color-body': 'var(--card)',
  '--mantine-color-text': 'var(--ink)',
  '--mantine-color-dimmed': 'var(--ink-soft)',
  '--mantine-color-placeholder': 'var(--ink-faint)',
  '--mantine-color-default': 'var(--card)',
  '--mantine-color-default-hover': 'var(--hover)',
  '--mantine-color-default-color': 'var(--ink)',
  '--mantine-color-default-border': 'var(--line-strong)',
  '--mantine-color-anchor': 'var(--accent)',
  '--mantine-color-error': 'var(--critical)',
  '--mantine-shadow-xs': 'none',
  '--mantine-shadow-sm': 'none',
  '--mantine-shadow-md': 'none',
  '--mantine-shadow-lg': 'none',
  '--mantine-shadow-xl': 'none',
}

export const cssVariablesResolver: CSSVariablesResolver = () => ({ variables: {}, light: paper, dark: paper })
