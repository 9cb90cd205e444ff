// A rule's parameters as a form, made from their JSON schema, with each fault beside its field while one types.
import { NumberInput, Select, Switch, TagsInput, TextInput } from '@mantine/core'
import './lines.css'

interface ParamSchema {
  type?: string
  description?: string
  default?: unknown
  enum?: unknown[]
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  maxLength?: number
  items?: ParamSchema
}

export type Params = Record<string, unknown>

/** The parameters of a rule's schema (`paramsSchema` of `rules.get`), by name. */
export function paramsOf(schema: unknown): [string, ParamSchema][] {
  const properties = (schema as { properties?: Record<string, ParamSchema> }).properties ?? {}
  return Object.entries(properties)
}

/** What is wrong with a value, in words that end a sentence about its field; null: nothing. */
export function paramFault(schema: ParamSchema, value: unknown): string | null {
  if (schema.enum) return schema.enum.includes(value) ? null : `choose one of ${schema.enum.join(', ')}`
  switch (schema.type) {
    case 'number':
    case 'integer':
      return numberFault(schema, value)
    case 'boolean':
      return typeof value === 'boolean' ? null : 'must be on or off'
    case 'array':
      return Array.isArray(value) ? null : 'must be a list'
    case 'string':
      if (typeof value !== 'string') return 'must be text'
      return schema.maxLength !== undefined && value.length > schema.maxLength
        ? `at most ${schema.maxLength} characters`
        : null
    default:
      return null
  }
}

function numberFault(schema: ParamSchema, value: unknown): string | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'a number is needed'
  if (schema.type === 'integer' && !Number.isInteger(value)) return 'must be a whole number'
  if (schema.minimum !== undefined && value < schema.minimum) return `must be ${schema.minimum} or more`
  if (schema.exclusiveMinimum !== undefined && value <= schema.exclusiveMinimum)
    return `must be more than ${schema.exclusiveMinimum}`
  if (schema.maximum !== undefined && value > schema.maximum) return `must be ${schema.maximum} or less`
  if (schema.exclusiveMaximum !== undefined && value >= schema.exclusiveMaximum)
    return `must be less than ${schema.exclusiveMaximum}`
  return null
}

/** `hoursBefore` is "Hours before". */
export const labelOf = (name: string) => {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

interface ParamsFormProps {
  schema: unknown
  values: Params
  disabled: boolean
  /** Faults the server found, by parameter. */
  faults: Record<string, string>
  onChange(values: Params): void
}

/** The fields of all parameters. */
export function ParamsForm({ schema, values, disabled, faults, onChange }: ParamsFormProps) {
  const params = paramsOf(schema)
  return (
    <div className="params">
      {params.map(([name, one]) => (
        <ParamField
          key={name}
          name={name}
          schema={one}
          value={values[name]}
          disabled={disabled}
          error={paramFault(one, values[name]) ?? faults[name] ?? null}
          onChange={(value) => onChange({ ...values, [name]: value })}
        />
      ))}
    </div>
  )
}

interface ParamFieldProps {
  name: string
  schema: ParamSchema
  value: unknown
  disabled: boolean
  error: string | null
  onChange(value: unknown): void
}

function ParamField({ name, schema, value, disabled, error, onChange }: ParamFieldProps) {
  const isDefault = JSON.stringify(value) === JSON.stringify(schema.default)
  const hint = isDefault ? '' : ` Default: ${String(schema.default)}.`
  const shared = { label: labelOf(name), description: `${schema.description ?? ''}${hint}`, disabled, error }
  if (schema.enum)
    return (
      <Select
        {...shared}
        data={schema.enum.map(String)}
        value={String(value ?? '')}
        allowDeselect={false}
        onChange={onChange}
      />
    )
  switch (schema.type) {
    case 'number':
    case 'integer':
      return (
        <NumberInput
          {...shared}
          value={typeof value === 'number' ? value : ''}
          allowDecimal={schema.type === 'number'}
          step={schema.maximum !== undefined && schema.maximum <= 1 ? 0.05 : 1}
          onChange={(next) => onChange(next === '' ? null : Number(next))}
        />
      )
    case 'boolean':
      return <Switch {...shared} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />
    case 'array':
      return <TagsInput {...shared} value={Array.isArray(value) ? value.map(String) : []} onChange={onChange} />
    default:
      return (
        <TextInput {...shared} value={String(value ?? '')} onChange={(event) => onChange(event.currentTarget.value)} />
      )
  }
}
