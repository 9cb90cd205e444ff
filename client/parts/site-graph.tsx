// A site as a graph: its people around what they share, a line for who had what; the list beside it says the same.
import { useMantineColorScheme } from '@mantine/core'
import cytoscape, { type Core, type ElementDefinition, type StylesheetJson } from 'cytoscape'
import { useEffect, useRef } from 'react'
import type { Outputs } from '../api.ts'
import './site-graph.css'

type Site = Outputs['sites']['read']

interface SiteGraphProps {
  site: Site
  /** What the picture shows, for who does not see it. */
  label: string
  /** The ids of what is pointed at in the list: its lines stand out. */
  chosen: string | null
  onChoose(id: string | null): void
}

export function SiteGraph({ site, label, chosen, onChoose }: SiteGraphProps) {
  const box = useRef<HTMLDivElement>(null)
  const graph = useRef<Core | null>(null)
  const { colorScheme } = useMantineColorScheme()
  const choose = useRef(onChoose)
  choose.current = onChoose
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are those of the scheme
  useEffect(() => {
    if (box.current === null) return
    const drawn = cytoscape({
      container: box.current,
      elements: elementsOf(site),
      style: styleOf(getComputedStyle(box.current)),
      layout: { name: 'preset', padding: 24 },
      maxZoom: 1.4,
      userZoomingEnabled: false,
      userPanningEnabled: false,
      autoungrabify: true,
      boxSelectionEnabled: false,
    })
    drawn.on('tap', (event) => choose.current(event.target === drawn ? null : nodeOf(event.target)))
    const fit = new ResizeObserver(() => drawn.resize().fit(undefined, 24))
    fit.observe(box.current)
    graph.current = drawn
    return () => {
      fit.disconnect()
      drawn.destroy()
      graph.current = null
    }
  }, [site, colorScheme])
  useEffect(() => {
    graph.current?.elements().removeClass('chosen faded')
    if (chosen === null || graph.current === null) return
    const near = graph.current.getElementById(chosen).closedNeighborhood()
    graph.current.elements().difference(near).addClass('faded')
    near.addClass('chosen')
  }, [chosen])
  return <div className="site-graph" ref={box} role="img" aria-label={label} />
}

const nodeOf = (target: { isNode(): boolean; id(): string }): string | null => (target.isNode() ? target.id() : null)

/** Places on a circle, in px. A quarter step on, so that no line runs through what stands nearer to the middle. */
function around(count: number, radius: number) {
  return (index: number) => {
    const angle = ((index + 0.25) / count) * 2 * Math.PI - Math.PI / 2
    return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) }
  }
}

/** What is shared stands in the middle, people around it: the same picture for the same site, every time. */
function elementsOf({ values, people }: Site): ElementDefinition[] {
  const inner = around(values.length, values.length === 1 ? 0 : 40 + 12 * values.length)
  const outer = around(people.length, 130 + 12 * Math.max(values.length, people.length))
  const count = Map.groupBy(values, (value) => value.kind)
  return [
    ...values.map((value, index) => {
      const same = count.get(value.kind)!
      const name = same.length === 1 ? value.kind : `${value.kind} ${same.indexOf(value) + 1}`
      return { data: { id: `value ${value.id}`, is: 'value', name }, position: inner(index) }
    }),
    ...people.map((person, index) => ({
      position: outer(index),
      data: { id: person.id, is: person.foundAt === null ? 'beside' : 'person', name: person.name ?? 'Erased person' },
    })),
    ...values.flatMap((value) =>
      [...Map.groupBy(value.holders, (holder) => holder.personId)].map(([personId, holders]) => ({
        data: {
          id: `${value.id} ${personId}`,
          source: `value ${value.id}`,
          target: personId,
          is: holders.some((holder) => holder.to === null) ? 'now' : 'over',
        },
      })),
    ),
  ]
}

function styleOf(css: CSSStyleDeclaration): StylesheetJson {
  const colour = (name: string) => css.getPropertyValue(`--${name}`).trim()
  return [
    {
      selector: 'node',
      style: {
        label: 'data(name)',
        'font-size': 11,
        'font-family': css.fontFamily,
        color: colour('ink'),
        'text-valign': 'bottom',
        'text-margin-y': 4,
        'text-background-color': colour('card'),
        'text-background-opacity': 0.85,
        'text-background-padding': '1px',
        'text-wrap': 'wrap',
        'text-max-width': '110px',
        width: 18,
        height: 18,
        'background-color': colour('card'),
        'border-width': 1.5,
        'border-color': colour('accent'),
      },
    },
    {
      selector: 'node[is = "value"]',
      style: { shape: 'diamond', width: 22, height: 22, 'background-color': colour('co-location'), 'border-width': 0 },
    },
    { selector: 'node[is = "beside"]', style: { 'border-style': 'dashed', 'border-color': colour('ink-faint') } },
    { selector: 'edge', style: { width: 1.5, 'line-color': colour('co-location'), 'curve-style': 'straight' } },
    { selector: 'edge[is = "over"]', style: { 'line-style': 'dashed', 'line-color': colour('ink-faint') } },
    { selector: '.faded', style: { opacity: 0.25 } },
    { selector: 'edge.chosen', style: { width: 3 } },
  ]
}
