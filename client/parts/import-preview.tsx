// What an import would do or did, line by line: create, update (from → to), unchanged, error.
import { Anchor, Button, Chip, Group, Table, Text } from '@mantine/core'
import { useState } from 'react'
import type { Outputs } from '../api.ts'
import { type CsvRecord, downloadText, writeCsv } from './csv.ts'
import { PROBLEM_COLUMN } from './import-mapping.tsx'

export type ImportResult = Outputs['imports']['run']
type Outcome = ImportResult['outcomes'][number]

const results = [
  { result: 'created', mark: '+', label: 'create' },
  { result: 'updated', mark: '→', label: 'update' },
  { result: 'unchanged', mark: '=', label: 'unchanged' },
  { result: 'rejected', mark: '×', label: 'error' },
] as const

const SHOWN_AT_FIRST = 100

interface ImportPreviewProps {
  summary: ImportResult
  /** The file's own lines, the header first. */
  records: CsvRecord[]
  fileName: string | null
}

/** The table of a dry run, filtered by what each line comes to. */
export function ImportPreview({ summary, records, fileName }: ImportPreviewProps) {
  const [only, setOnly] = useState<string>('all')
  const [shown, setShown] = useState(SHOWN_AT_FIRST)
  const byLine = new Map(records.map((record) => [record.line, record]))
  const rejected: Outcome[] = summary.rejected.map((one) => ({ ...one, result: 'rejected' as const }))
  const rows = only === 'rejected' ? rejected : summary.outcomes.filter((outcome) => only === 'all' || outcome.result === only)
  const counts = { created: summary.created, updated: summary.updated, unchanged: summary.unchanged, rejected: summary.rejected.length }
  const total = counts.created + counts.updated + counts.unchanged + counts.rejected

  const takeFailing = () => {
    const header = records[0]?.cells ?? []
    const problems = summary.rejected.map(({ line, column, problem }) => [...fill(byLine.get(line)?.cells ?? [], header.length), `${column} ${problem}`.trim()])
    downloadText(`${(fileName ?? 'pasted').replace(/\.\w+$/, '')}-failing.csv`, writeCsv([[...header, PROBLEM_COLUMN], ...problems]))
  }

  return (
    <>
      <Group justify="space-between" mb="xs">
        <Chip.Group value={only} onChange={(value) => setOnly(value as string)}>
          <Group gap={6} role="group" aria-label="Show only">
            <Chip size="xs" value="all">{`all ${total}`}</Chip>
            {results.map(({ result, label, mark }) => (
              <Chip key={result} size="xs" value={result} disabled={counts[result] === 0}>
                {`${mark} ${label} ${counts[result]}`}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
        {counts.rejected > 0 && (
          <Button size="xs" variant="default" onClick={takeFailing}>
            Download the {counts.rejected === 1 ? 'failing line' : `${counts.rejected} failing lines`}
          </Button>
        )}
      </Group>
      <Table.ScrollContainer minWidth={480} type="native">
        <Table verticalSpacing={6}>
          <Table.Caption>What each line comes to</Table.Caption>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={64}>Line</Table.Th>
              <Table.Th w={110}>Result</Table.Th>
              <Table.Th w={200}>Begins with</Table.Th>
              <Table.Th>What changes, or what is wrong</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.slice(0, shown).map((outcome) => (
              <Table.Tr key={`${outcome.line}-${outcome.result}`}>
                <Table.Td className="tabular">{outcome.line}</Table.Td>
                <Table.Td>
                  <ResultMark result={outcome.result} />
                </Table.Td>
                <Table.Td>
                  <Text size="xs" lineClamp={1}>
                    {byLine.get(outcome.line)?.cells.filter(Boolean).slice(0, 2).join(' · ')}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <OutcomeDetail outcome={outcome} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {rows.length > shown && (
        <Anchor component="button" size="sm" mt="xs" onClick={() => setShown(shown + 500)}>
          Show more ({rows.length - shown} left)
        </Anchor>
      )}
      {summary.outcomes.length < total && only !== 'rejected' && (
        <Text size="xs" c="dimmed" mt="xs">
          The first {summary.outcomes.length.toLocaleString()} of {total.toLocaleString()} lines are listed; the counts and the errors are of all.
        </Text>
      )}
    </>
  )
}

const fill = (cells: string[], length: number) => [...cells, ...Array<string>(Math.max(0, length - cells.length)).fill('')].slice(0, length)

function ResultMark({ result }: { result: Outcome['result'] }) {
  const known = results.find((one) => one.result === result)
  return (
    <Text size="sm" span fw={result === 'rejected' ? 600 : 400} c={result === 'rejected' ? 'red' : result === 'unchanged' ? 'dimmed' : undefined}>
      <span aria-hidden>{known?.mark} </span>
      {known?.label}
    </Text>
  )
}

function OutcomeDetail({ outcome }: { outcome: Outcome }) {
  if (outcome.result === 'rejected')
    return (
      <Text size="sm">
        {outcome.column !== '' && <code>{outcome.column}</code>} {outcome.problem}
      </Text>
    )
  if (outcome.result === 'unchanged') return <Text size="sm" c="dimmed">as on file</Text>
  return (
    <>
      {outcome.changes.map((change) => (
        <Text key={change.field} size="sm">
          <Text span c="dimmed">
            {change.field.replaceAll('_', ' ')}:{' '}
          </Text>
          {outcome.result === 'updated' && `${inWords(change.from)} → `}
          {inWords(change.to)}
        </Text>
      ))}
    </>
  )
}

/** A value of a change; objects, such as notes, by their members. */
function inWords(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'nothing'
  if (typeof value !== 'object') return String(value)
  const members = Object.entries(value)
  return members.length === 0 ? 'nothing' : members.map(([name, one]) => `${name} ${String(one)}`).join(', ')
}
