// Import: choose a file or paste, map its columns, look at what it would do, do it, and take it back.
import { Alert, Button, FileButton, Group, Loader, NativeSelect, Paper, Stack, Text, Textarea } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { type DragEvent, useState } from 'react'
import { trpc, useMe } from '../api.ts'
import { type CsvRecord, decodeBytes, readCsv, toBase64 } from '../parts/csv.ts'
import { ImportDone } from '../parts/import-done.tsx'
import { ImportHistory } from '../parts/import-history.tsx'
import { doubles, type FileColumn, firstTargets, ImportMapping, rememberMapping, toMapping } from '../parts/import-mapping.tsx'
import { ImportPreview, type ImportResult } from '../parts/import-preview.tsx'

const kinds = ['people', 'devices', 'shipments', 'declarations'] as const
export type ImportKind = (typeof kinds)[number]

/** The server takes 16 MiB at a time. */
const BYTES_MAX = 16 * 1024 * 1024

interface Source {
  content: string
  fileName: string | null
  text: string
}
